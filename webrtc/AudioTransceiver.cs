using GoTo.WebRtc.Peer;

namespace GoTo.WebRtc;

/// <summary>
/// One audio m-line of a peer connection: what we send and what we receive on it (RTCRtpTransceiver of W3C WebRTC).
/// Thread-safe; properties about the negotiation change when descriptions are exchanged.
/// </summary>
public sealed class AudioTransceiver
{
    private volatile MediaLine? _line;
    private volatile int _direction;

    internal AudioTransceiver(
        PeerConnection connection, TransceiverDirection direction, string? streamId, string? trackId, uint ssrc)
    {
        Connection = connection;
        _direction = (int)direction;
        StreamId = streamId;
        TrackId = trackId;
        Sender = new AudioSender(this, ssrc);
        Receiver = new AudioReceiver(this);
    }

    /// <summary>The m-line's identification tag (<c>a=mid</c>, RFC 9143); none before negotiation.</summary>
    public string? Mid => _line?.Mid;

    /// <summary>The wanted direction, used for the next offer or answer. Default: the one given at creation.</summary>
    public TransceiverDirection Direction
    {
        get => (TransceiverDirection)_direction;
        set => _direction = (int)value;
    }

    /// <summary>The negotiated direction, seen from our side; inactive before negotiation.</summary>
    public TransceiverDirection CurrentDirection => _line?.Direction ?? TransceiverDirection.Inactive;

    /// <summary>
    /// Our media stream's id, the first token of our <c>a=msid</c> (RFC 8830), used for the next offer or answer.
    /// </summary>
    public string? StreamId { get; set; }

    /// <summary>
    /// Our track's id, the second token of our <c>a=msid</c> (RFC 8830), used for the next offer or answer.
    /// </summary>
    public string? TrackId { get; set; }

    /// <summary>The remote media stream's id, the first token of the remote <c>a=msid</c>.</summary>
    public string? RemoteStreamId => _line?.RemoteStreamId;

    /// <summary>The remote track's id, the second token of the remote <c>a=msid</c>.</summary>
    public string? RemoteTrackId => _line?.RemoteTrackId;

    /// <summary>The negotiated codec; none before negotiation or when the m-line was rejected.</summary>
    public AudioCodec? Codec => _line?.Codec;

    /// <summary>What we send.</summary>
    public AudioSender Sender { get; }

    /// <summary>What we receive.</summary>
    public AudioReceiver Receiver { get; }

    internal PeerConnection Connection { get; }

    /// <summary>Whether audio flows, by the shard.</summary>
    internal FlowWatch Watch { get; } = new();

    /// <summary>The negotiated m-line, replaced whole by the shard after each exchange of descriptions.</summary>
    internal MediaLine? Line
    {
        get => _line;
        set => _line = value;
    }
}
