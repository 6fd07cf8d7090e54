using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <summary>The state of an association (RFC 9260 section 4).</summary>
internal enum SctpState
{
    Closed,
    CookieWait,
    CookieEchoed,
    Established,
    ShutdownPending,
    ShutdownSent,
    ShutdownReceived,
    ShutdownAckSent,
}

/// <summary>
/// One SCTP association over DTLS (RFC 9260, RFC 8261) as data channels use it (RFC 8831): one path, partial reliability
/// (RFC 3758), stream reset (RFC 6525). Sans-IO: packets, commands and the time go in, packets and events come out.
/// Belongs to one thread. The peer is authenticated by DTLS.
/// </summary>
internal sealed partial class SctpAssociation
{
    /// <summary>How many streams there may be each way; more channels than any application here opens.</summary>
    public const int MaxStreams = 1024;

    private const int MaxHandshakeTries = 8;
    private const int MaxErrors = 20;
    private static readonly long SackDelay = TimeSpan.FromMilliseconds(100).Ticks;
    private static readonly long HeartbeatInterval = TimeSpan.FromSeconds(30).Ticks;

    private readonly ISctpSink _sink;
    private readonly SctpPacketWriter _writer;
    private readonly SctpCookies _cookies;
    private readonly SctpReceiver _receiver;
    private readonly SctpSender _sender;
    private readonly RtoEstimator _rto = new();
    private readonly SctpInit _local;
    private SctpInit _remote;
    private byte[] _echo = [];
    private long _handshakeAt = long.MaxValue;
    private long _sackAt = long.MaxValue;
    private long _heartbeatAt = long.MaxValue;
    private int _tries;
    private int _errors;
    private int _packetsUnacknowledged;
    private bool _heartbeatPending;
    private bool _wasEstablished;

    /// <param name="port">The port, the same at both ends unless the description says otherwise.</param>
    /// <param name="remotePort">The peer's <c>a=sctp-port</c>.</param>
    /// <param name="entropy">For tags and the cookie's key.</param>
    /// <param name="sink">Where results go.</param>
    public SctpAssociation(ushort port, ushort remotePort, Entropy entropy, ISctpSink sink)
    {
        _sink = sink;
        _writer = new SctpPacketWriter(sink, port, remotePort);
        _cookies = new SctpCookies(entropy);
        _receiver = new SctpReceiver(sink);
        _sender = new SctpSender(sink, _writer, _rto);
        _local = new SctpInit(
            Math.Max(1, entropy.NextUInt32()), SctpReceiver.Window, MaxStreams, MaxStreams, entropy.NextUInt32(), true);
        _nextRequest = _local.InitialTsn;
    }

    public SctpState State { get; private set; }

    /// <summary>When <see cref="Tick"/> is to be called next, in ticks.</summary>
    public long NextDeadline => _isOver
        ? long.MaxValue
        : Math.Min(
            Math.Min(_handshakeAt, _sackAt), Math.Min(_heartbeatAt, Math.Min(_sender.RetransmitAt, _resetAt)));

    private bool _isOver;

    private bool TakesData => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent;

    private bool SendsData => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived;

    /// <summary>Begins the set-up. Both ends may, at once.</summary>
    public void Start(long now)
    {
        if (State != SctpState.Closed || _isOver) return;
        State = SctpState.CookieWait;
        SendHandshake(now);
        _writer.Flush();
    }

    /// <summary>Queues a message; before the set-up is done it waits for that.</summary>
    public void Send(ushort stream, uint protocol, byte[] message, in SctpDelivery delivery, long now)
    {
        if (_isOver || State >= SctpState.ShutdownPending) return;
        _sender.Enqueue(new OutgoingMessage(stream, protocol, message, delivery));
        Flush(now);
    }

    /// <summary>Ends the association once all messages are delivered (RFC 9260 section 9.2).</summary>
    public void Shutdown(long now)
    {
        if (_isOver) return;
        if (State != SctpState.Established)
        {
            Abort("Closed before it was set up.");
            return;
        }

        State = SctpState.ShutdownPending;
        Flush(now);
    }

    /// <summary>Ends the association at once, and tells the peer (RFC 9260 section 9.1).</summary>
    public void Abort(string? reason = null)
    {
        if (_isOver) return;
        if (_remote.Tag != 0)
        {
            _writer.Add(_remote.Tag, SctpChunkType.Abort, 0, 0);
            _writer.Flush();
        }

        End(reason);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(long now)
    {
        if (_isOver) return;
        if (now >= _handshakeAt) RepeatHandshake(now);
        if (now >= _sender.RetransmitAt && CountError("The peer acknowledges nothing any more."))
            _sender.OnRetransmissionTimeout(now);
        if (now >= _heartbeatAt) Beat(now);
        if (now >= _resetAt && CountError("The peer does not answer a stream reset.")) SendReset(now);
        Flush(now);
    }

    private bool CountError(string reason)
    {
        if (++_errors <= MaxErrors) return true;
        Abort(reason);
        return false;
    }

    /// <summary>Sends what is to be sent now.</summary>
    private void Flush(long now)
    {
        if (_isOver) return;
        if (now >= _sackAt) WriteSack();
        if (SendsData)
        {
            _sender.Fill(now);
            SendReset(now, onlyNew: true);
            if (_sender.IsIdle) GoOnShuttingDown(now);
        }

        _writer.Flush();
    }

    private void GoOnShuttingDown(long now)
    {
        if (State == SctpState.ShutdownPending) State = SctpState.ShutdownSent;
        else if (State == SctpState.ShutdownReceived) State = SctpState.ShutdownAckSent;
        else return;
        _tries = 0;
        SendHandshake(now);
    }

    private void WriteSack()
    {
        _sackAt = long.MaxValue;
        _packetsUnacknowledged = 0;
        _receiver.WriteSack(_writer.Add(_remote.Tag, SctpChunkType.Sack, 0, _receiver.SackLength));
    }

    private void Beat(long now)
    {
        if (_heartbeatPending && !CountError("The peer does not answer a heartbeat.")) return;
        _heartbeatPending = true;
        var value = _writer.Add(_remote.Tag, SctpChunkType.Heartbeat, 0, 12);
        BinaryPrimitives.WriteUInt16BigEndian(value, 1); // Heartbeat Info
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], 12);
        BinaryPrimitives.WriteInt64BigEndian(value[4..], now);
        _heartbeatAt = now + (_errors == 0 ? HeartbeatInterval : 0) + _rto.Rto;
    }

    private void Establish(long now)
    {
        State = SctpState.Established;
        _handshakeAt = long.MaxValue;
        _echo = [];
        _heartbeatAt = now + HeartbeatInterval;
        _errors = 0;
        if (_wasEstablished) return;
        _wasEstablished = true;
        _sink.OnSctpEstablished();
    }

    private void End(string? reason)
    {
        if (_isOver) return;
        _isOver = true;
        State = SctpState.Closed;
        _sink.OnSctpClosed(reason);
    }
}
