using System.Net;

namespace GoTo.WebRtc;

/// <summary>A snapshot of one peer connection.</summary>
public sealed record PeerStats
{
    /// <summary>The peer's state.</summary>
    public required PeerState State { get; init; }

    /// <summary>The remote address of the selected ICE pair; none before ICE is connected.</summary>
    public IPEndPoint? RemoteAddress { get; init; }

    /// <summary>Our relayed address of the selected ICE pair; none when it goes without our relay.</summary>
    public IPEndPoint? RelayAddress { get; init; }

    /// <summary>The agreed SRTP profile; none before DTLS is complete.</summary>
    public SrtpProfile? Profile { get; init; }

    /// <summary>Our DTLS role; none before negotiation.</summary>
    public DtlsRole? DtlsRole { get; init; }

    /// <summary>From the moment both descriptions were known until ICE was connected.</summary>
    public TimeSpan? IceTime { get; init; }

    /// <summary>From the moment both descriptions were known until media could flow (ICE and DTLS).</summary>
    public TimeSpan? ConnectTime { get; init; }

    /// <summary>How often ICE has restarted and found a path (RFC 8445 section 9).</summary>
    public int IceRestarts { get; init; }

    /// <summary>The last round-trip time from RTCP (RFC 3550 section 6.4.1); none before the first report.</summary>
    public TimeSpan? RoundTripTime { get; init; }

    /// <summary>RTP and RTCP packets that failed authentication.</summary>
    public long AuthenticationFailures { get; init; }

    /// <summary>RTP and RTCP packets that were received twice or too late for the replay window.</summary>
    public long Replays { get; init; }

    /// <summary>
    /// RTP packets not delivered for other reasons: malformed, of no known transceiver, too early (more than were kept
    /// before the keys), or of a codec that the sender they were forwarded to does not have.
    /// </summary>
    public long Dropped { get; init; }

    /// <summary>One entry a transceiver, in m-line order.</summary>
    public required IReadOnlyList<AudioStats> Audio { get; init; }
}

/// <summary>A snapshot of one transceiver.</summary>
public sealed record AudioStats
{
    /// <summary>The m-line's identification tag; none before negotiation.</summary>
    public string? Mid { get; init; }

    /// <summary>RTP packets received and authenticated.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Bytes of RTP payload received.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Packets lost on the way to us (RFC 3550 appendix A.3); negative when duplicates arrived.</summary>
    public long PacketsLost { get; init; }

    /// <summary>Interarrival jitter of what we receive (RFC 3550 appendix A.8).</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>RTP packets sent.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Bytes of RTP payload sent.</summary>
    public long BytesSent { get; init; }

    /// <summary>Packets that the remote side reports lost; none before its first report.</summary>
    public long? RemotePacketsLost { get; init; }

    /// <summary>The fraction, 0 to 1, that the remote side lost in its last report interval.</summary>
    public double? RemoteFractionLost { get; init; }

    /// <summary>The interarrival jitter that the remote side reports.</summary>
    public TimeSpan? RemoteJitter { get; init; }

    /// <summary>
    /// The quality of what we hear; none before the first 5 s in which something came. Waits of discontinuous
    /// transmission are no loss.
    /// </summary>
    public AudioQuality? Quality { get; init; }

    /// <summary>The quality of what the remote side hears, by its reports; none before the first.</summary>
    public AudioQuality? RemoteQuality { get; init; }
}

/// <summary>
/// The quality of one direction by the E-model (ITU-T G.107), from loss, jitter and round-trip time: a mean opinion
/// score of 1 (bad) to 4.5, of which telephony reaches 4.4.
/// </summary>
/// <param name="Mos">Of the last 5 s, or of the last report's interval.</param>
/// <param name="CallMos">Of the whole call: by the mean rating of its intervals.</param>
public readonly record struct AudioQuality(double Mos, double CallMos);
