using System.Buffers.Binary;

namespace GoTo.WebRtc.Rtcp;

/// <summary>RTCP packet types (RFC 3550 section 12.1, RFC 4585, RFC 3611).</summary>
internal enum RtcpPacketType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Bye = 203,
    Application = 204,
    TransportFeedback = 205,
    PayloadFeedback = 206,
    ExtendedReport = 207,
}

/// <summary>
/// Reads the packets of a compound or reduced-size (RFC 5506) RTCP datagram one by one; stops at the first that is
/// truncated. Never throws, allocates nothing.
/// </summary>
internal ref struct RtcpParser(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Reads the next packet, of any type.</summary>
    public bool TryRead(out RtcpPacket packet)
    {
        packet = default;
        if (_rest.Length < 4 || _rest[0] >> 6 != 2)
            return false;
        var length = (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) + 1) * 4;
        if (length > _rest.Length)
            return false;
        var body = _rest[..length];
        if ((body[0] & 0x20) != 0)
        {
            var padding = body[^1];
            if (padding == 0 || padding > length - 4)
                return false;
            body = body[..^padding];
        }
        packet = new RtcpPacket(body);
        _rest = _rest[length..];
        return true;
    }
}

/// <summary>One RTCP packet; every accessor checks the packet's length.</summary>
internal readonly ref struct RtcpPacket(ReadOnlySpan<byte> bytes)
{
    private const int ReportLength = 24;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public RtcpPacketType Type => (RtcpPacketType)_bytes[1];

    /// <summary>The five-bit count or format field.</summary>
    public int Count => _bytes[0] & 0x1F;

    /// <summary>The sender's SSRC, if the packet is long enough to hold one.</summary>
    public bool TryGetSsrc(out uint ssrc)
    {
        ssrc = _bytes.Length >= 8 ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]) : 0;
        return _bytes.Length >= 8;
    }

    /// <summary>The sender information of an SR.</summary>
    public bool TryGetSenderInfo(out SenderInfo sender)
    {
        sender = default;
        if (Type != RtcpPacketType.SenderReport || _bytes.Length < 28)
            return false;
        sender = new SenderInfo(
            BinaryPrimitives.ReadUInt64BigEndian(_bytes[8..]), BinaryPrimitives.ReadUInt32BigEndian(_bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(_bytes[20..]), BinaryPrimitives.ReadUInt32BigEndian(_bytes[24..]));
        return true;
    }

    /// <summary>Report blocks that are wholly there in an SR or RR.</summary>
    public int ReportCount => Type is RtcpPacketType.SenderReport or RtcpPacketType.ReceiverReport
        ? Math.Clamp((_bytes.Length - ReportsOffset) / ReportLength, 0, Count)
        : 0;

    private int ReportsOffset => Type == RtcpPacketType.SenderReport ? 28 : 8;

    /// <summary>The report block at this index, below <see cref="ReportCount"/>.</summary>
    public ReportBlock GetReport(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ReportCount);
        var block = _bytes.Slice(ReportsOffset + index * ReportLength, ReportLength);
        var loss = BinaryPrimitives.ReadUInt32BigEndian(block[4..]);
        return new ReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(block), (byte)(loss >> 24), (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(block[8..]), BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[16..]), BinaryPrimitives.ReadUInt32BigEndian(block[20..]));
    }

    /// <summary>Sources of a BYE that are wholly there.</summary>
    public int ByeCount => Type == RtcpPacketType.Bye ? Math.Min(Count, (_bytes.Length - 4) / 4) : 0;

    /// <summary>The leaving source at this index, below <see cref="ByeCount"/>.</summary>
    public uint GetBye(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ByeCount);
        return BinaryPrimitives.ReadUInt32BigEndian(_bytes[(4 + index * 4)..]);
    }

    /// <summary>The CNAME in an SDES packet's first chunk, as UTF-8 bytes.</summary>
    public bool TryGetCname(out uint ssrc, out ReadOnlySpan<byte> cname)
    {
        cname = default;
        if (!TryGetSsrc(out ssrc) || Type != RtcpPacketType.SourceDescription || Count == 0)
            return false;
        for (var i = 8; i + 2 <= _bytes.Length && _bytes[i] != 0; i += 2 + _bytes[i + 1])
        {
            if (i + 2 + _bytes[i + 1] > _bytes.Length)
                return false;
            if (_bytes[i] == 1)
            {
                cname = _bytes.Slice(i + 2, _bytes[i + 1]);
                return true;
            }
        }
        return false;
    }
}
