using System.Buffers.Binary;

namespace GoTo.WebRtc.Srtp;

/// <summary>
/// SRTP and SRTCP of one peer connection, both directions (RFC 3711, RFC 7714). Not thread-safe: it belongs to the
/// peer's shard. Allocates nothing per packet.
/// </summary>
internal sealed class SrtpSession : IDisposable
{
    /// <summary>The most SSRCs received from one peer, for RTP and RTCP each.</summary>
    public const int MaxSources = 16;

    /// <summary>The most SSRCs that we send under one key.</summary>
    public const int MaxLocalSources = 256;

    /// <summary>The bytes that a buffer must have free behind a packet that is to be protected.</summary>
    public const int MaxOverhead = 20;

    private const int RtpHeaderLength = 12;
    private const int RtcpHeaderLength = 8;
    private const int IndexWordLength = 4;
    private const uint EncryptedBit = 0x8000_0000;
    private const ulong RtpIndexLimit = 1UL << 48;

    private readonly SrtpCipher _sendRtp, _sendRtcp, _receiveRtp, _receiveRtcp;
    private SrtpSources _sentRtp = new(MaxLocalSources);
    private SrtpSources _receivedRtp = new(MaxSources);
    private SrtpSources _receivedRtcp = new(MaxSources);
    private uint _rtcpIndex;

    public SrtpSession(SrtpKeys keys, SrtpImplementation implementation = SrtpImplementation.Automatic)
        : this(keys, SrtpPrimitives.For(implementation))
    {
    }

    /// <param name="keys">The master keys.</param>
    /// <param name="primitives">The ciphers to use.</param>
    public SrtpSession(SrtpKeys keys, SrtpPrimitives primitives)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(primitives);
        SrtpKeyDerivation.Check(keys);
        Profile = keys.Profile;
        SrtpCipher Local(byte label) =>
            SrtpCipher.Create(keys.Profile, keys.LocalKey, keys.LocalSalt, label, primitives);
        SrtpCipher Remote(byte label) =>
            SrtpCipher.Create(keys.Profile, keys.RemoteKey, keys.RemoteSalt, label, primitives);
        _sendRtp = Local(SrtpKeyDerivation.RtpLabel);
        _sendRtcp = Local(SrtpKeyDerivation.RtcpLabel);
        _receiveRtp = Remote(SrtpKeyDerivation.RtpLabel);
        _receiveRtcp = Remote(SrtpKeyDerivation.RtcpLabel);
    }

    public SrtpProfile Profile { get; }

    /// <summary>
    /// Protects the RTP packet in the first <paramref name="length"/> bytes of <paramref name="buffer"/> in place.
    /// Packets may come out of order; one that would repeat an index is refused, for that would give its key away
    /// (RFC 7714 section 8.4).
    /// </summary>
    /// <returns>
    /// The packet's new length; 0 when it must not be sent: it is not RTP, or its index was used before or cannot be.
    /// </returns>
    public int ProtectRtp(Span<byte> buffer, int length)
    {
        var header = RtpHeader(buffer[..length]);
        if (header == 0) return 0;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        var place = _sentRtp.Find(ssrc);
        if (place < 0 && _sentRtp.Full) return 0;
        var window = _sentRtp[place];
        var index = window.Estimate(BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]));
        if (!window.IsNew(index) || index >= RtpIndexLimit) return 0;
        var tag = buffer.Slice(length, _sendRtp.TagLength);
        _sentRtp.Commit(place, ssrc, index);
        _sendRtp.Seal(buffer[..length], header, tag, SrtpPacketId.Rtp(ssrc, index));
        return length + tag.Length;
    }

    /// <summary>Authenticates and decrypts in place. A packet that is refused changes no state.</summary>
    /// <param name="packet">The datagram; useless when the result is not <see cref="SrtpResult.Ok"/>.</param>
    /// <param name="length">Length of the RTP packet when the result is <see cref="SrtpResult.Ok"/>, else 0.</param>
    public SrtpResult UnprotectRtp(Span<byte> packet, out int length)
    {
        length = 0;
        var clear = packet.Length - _receiveRtp.TagLength;
        if (clear < RtpHeaderLength) return SrtpResult.Malformed;
        var header = RtpHeader(packet[..clear]);
        if (header == 0) return SrtpResult.Malformed;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var place = _receivedRtp.Find(ssrc);
        if (place < 0 && _receivedRtp.Full) return SrtpResult.TooManySources;
        var window = _receivedRtp[place];
        var index = window.Estimate(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        if (!window.IsNew(index)) return SrtpResult.Replayed;
        if (!_receiveRtp.Open(packet[..clear], header, packet[clear..], SrtpPacketId.Rtp(ssrc, index)))
        {
            return SrtpResult.AuthenticationFailed;
        }

        _receivedRtp.Commit(place, ssrc, index);
        length = clear;
        return SrtpResult.Ok;
    }

    /// <summary>As <see cref="ProtectRtp"/>, for a compound or reduced-size RTCP packet.</summary>
    public int ProtectRtcp(Span<byte> buffer, int length)
    {
        if (length < RtcpHeaderLength || buffer[0] >> 6 != 2 || _rtcpIndex == EncryptedBit - 1) return 0;
        var word = ++_rtcpIndex | EncryptedBit; // one count for all our sources: no index can repeat
        var end = length + _sendRtcp.TagLength + IndexWordLength;
        var behind = _sendRtcp.IndexBehindTag;
        var tag = buffer.Slice(behind ? length : length + IndexWordLength, _sendRtcp.TagLength);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(behind ? end - IndexWordLength : length)..], word);
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        _sendRtcp.Seal(buffer[..length], RtcpHeaderLength, tag, SrtpPacketId.Rtcp(ssrc, word));
        return end;
    }

    /// <summary>
    /// As <see cref="UnprotectRtp"/>, for SRTCP. Unencrypted SRTCP is refused (RFC 8827 section 6.5).
    /// </summary>
    public SrtpResult UnprotectRtcp(Span<byte> packet, out int length)
    {
        length = 0;
        var clear = packet.Length - _receiveRtcp.TagLength - IndexWordLength;
        if (clear < RtcpHeaderLength || packet[0] >> 6 != 2) return SrtpResult.Malformed;
        var behind = _receiveRtcp.IndexBehindTag;
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[(behind ? packet.Length - IndexWordLength : clear)..]);
        if ((word & EncryptedBit) == 0) return SrtpResult.Malformed;
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        var place = _receivedRtcp.Find(ssrc);
        if (place < 0 && _receivedRtcp.Full) return SrtpResult.TooManySources;
        var id = SrtpPacketId.Rtcp(ssrc, word);
        if (!_receivedRtcp[place].IsNew(id.Index)) return SrtpResult.Replayed;
        var tag = packet.Slice(behind ? clear : clear + IndexWordLength, _receiveRtcp.TagLength);
        if (!_receiveRtcp.Open(packet[..clear], RtcpHeaderLength, tag, id)) return SrtpResult.AuthenticationFailed;
        _receivedRtcp.Commit(place, ssrc, id.Index);
        length = clear;
        return SrtpResult.Ok;
    }

    public void Dispose()
    {
        _sendRtp.Dispose();
        _sendRtcp.Dispose();
        _receiveRtp.Dispose();
        _receiveRtcp.Dispose();
    }

    /// <summary>
    /// The length of the RTP header with CSRCs and extension (RFC 3550 section 5.1); 0 when it is none.
    /// </summary>
    private static int RtpHeader(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < RtpHeaderLength || packet[0] >> 6 != 2) return 0;
        var header = RtpHeaderLength + ((packet[0] & 0x0F) * 4);
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < header + 4) return 0;
            header += 4 + (BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..]) * 4);
        }

        return header <= packet.Length ? header : 0;
    }
}
