using System.Buffers.Binary;
using System.Text;

namespace GoTo.WebRtc.Rtcp;

/// <summary>Writes a compound RTCP packet (RFC 3550 section 6) into a caller's buffer, with no allocation.</summary>
/// <param name="buffer">Room for the packets; running out of it throws ArgumentException.</param>
internal ref struct RtcpBuilder(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Adds an SR (section 6.4.1) with at most 31 report blocks.</summary>
    public void AddSenderReport(uint ssrc, scoped in SenderInfo sender, scoped ReadOnlySpan<ReportBlock> reports)
    {
        var packet = Begin(RtcpPacketType.SenderReport, reports.Length, 28 + reports.Length * 24);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(packet[8..], sender.NtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], sender.RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[20..], sender.PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(packet[24..], sender.OctetCount);
        WriteReports(packet[28..], reports);
    }

    /// <summary>Adds an RR (section 6.4.2) with at most 31 report blocks.</summary>
    public void AddReceiverReport(uint ssrc, scoped ReadOnlySpan<ReportBlock> reports)
    {
        var packet = Begin(RtcpPacketType.ReceiverReport, reports.Length, 8 + reports.Length * 24);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        WriteReports(packet[8..], reports);
    }

    /// <summary>Adds an SDES with one chunk, the CNAME (section 6.5.1) of at most 255 ASCII characters.</summary>
    public void AddSourceDescription(uint ssrc, string cname)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cname.Length, 255);
        // A chunk ends with at least one null byte, padded to a word.
        var packet = Begin(RtcpPacketType.SourceDescription, 1, 4 + (4 + 2 + cname.Length + 1 + 3) / 4 * 4);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], ssrc);
        packet[8] = 1;
        packet[9] = (byte)cname.Length;
        Encoding.ASCII.GetBytes(cname, packet[10..]);
    }

    /// <summary>Adds a BYE (section 6.6) for at most 31 sources.</summary>
    public void AddBye(scoped ReadOnlySpan<uint> ssrcs)
    {
        var packet = Begin(RtcpPacketType.Bye, ssrcs.Length, 4 + ssrcs.Length * 4);
        for (var i = 0; i < ssrcs.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(packet[(4 + i * 4)..], ssrcs[i]);
    }

    private static void WriteReports(Span<byte> target, scoped ReadOnlySpan<ReportBlock> reports)
    {
        foreach (ref readonly var report in reports)
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, report.Ssrc);
            BinaryPrimitives.WriteUInt32BigEndian(
                target[4..], ((uint)report.FractionLost << 24) | ((uint)report.CumulativeLost & 0xFFFFFF));
            BinaryPrimitives.WriteUInt32BigEndian(target[8..], report.ExtendedHighestSequence);
            BinaryPrimitives.WriteUInt32BigEndian(target[12..], report.Jitter);
            BinaryPrimitives.WriteUInt32BigEndian(target[16..], report.LastSenderReport);
            BinaryPrimitives.WriteUInt32BigEndian(target[20..], report.DelaySinceLastSenderReport);
            target = target[24..];
        }
    }

    private Span<byte> Begin(RtcpPacketType type, int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 31);
        if (length > _buffer.Length - Length)
            throw new ArgumentException("The buffer is too small for this RTCP packet.", nameof(length));
        var packet = _buffer.Slice(Length, length);
        packet.Clear();
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(length / 4 - 1));
        Length += length;
        return packet;
    }
}
