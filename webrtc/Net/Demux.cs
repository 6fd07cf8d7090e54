namespace GoTo.WebRtc.Net;

/// <summary>The protocols that share a peer connection's port (RFC 7983 section 7, RFC 5761 section 4).</summary>
internal enum DatagramKind
{
    /// <summary>None of the others: dropped.</summary>
    Unknown,

    /// <summary>STUN (RFC 8489).</summary>
    Stun,

    /// <summary>DTLS (RFC 6347).</summary>
    Dtls,

    /// <summary>SRTP (RFC 3711).</summary>
    Rtp,

    /// <summary>SRTCP (RFC 3711).</summary>
    Rtcp,
}

/// <summary>Tells the protocols on one port apart by their first bytes (RFC 7983).</summary>
internal static class Demux
{
    /// <summary>The longest datagram handled, in bytes; longer ones are truncated by the socket and dropped.</summary>
    public const int MaxDatagram = 2048;

    private const int RtpHeaderLength = 12;
    private const int RtcpHeaderLength = 8;

    /// <summary>The protocol of a datagram.</summary>
    public static DatagramKind Classify(ReadOnlySpan<byte> datagram) => datagram.IsEmpty
        ? DatagramKind.Unknown
        : datagram[0] switch
        {
            <= 3 => DatagramKind.Stun,
            >= 20 and <= 63 => DatagramKind.Dtls,
            >= 128 and <= 191 when datagram.Length >= RtcpHeaderLength && datagram[1] is >= 192 and <= 223 =>
                DatagramKind.Rtcp,
            >= 128 and <= 191 when datagram.Length >= RtpHeaderLength => DatagramKind.Rtp,
            _ => DatagramKind.Unknown,
        };
}
