using Org.BouncyCastle.Tls;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// DTLS 1.2 by BouncyCastle. It holds a thread of the pool during the handshake, and for a moment when an alert or a
/// repeated flight arrives later; never the caller's, for BouncyCastle waits even to look at one datagram.
/// </summary>
internal sealed class DtlsEngine : IDtlsEngine
{
    private const int MinRecordLength = 13;
    private const byte Alert = 21;
    private const byte HandshakeRecord = 22;

    // A repeated last flight may be five datagrams of one record each; more than that in a second is an attack.
    private const int LateBurst = 8;
    private const int LatePerSecond = 5;

    private readonly object _gate = new();
    private readonly DtlsIdentity _identity;
    private readonly HandshakePool _pool;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<SrtpProfile> _profiles;
    private readonly IDtlsSink _sink;
    private readonly DtlsTransportQueue _queue;
    private readonly RateLimit _lateOfPeer;
    private readonly RateLimit _lateOfAll;
    private Phase _phase;
    private DtlsRole _role;
    private DtlsHandshake? _handshake;
    private DtlsTransport? _association;
    private ITimer? _firstDatagramTimer;
    private volatile bool _completed;
    private bool _closing;
    private bool _running;

    /// <param name="identity">Our certificate.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="time">For limits; BouncyCastle has a clock of its own.</param>
    /// <param name="profiles">The SRTP profiles, best first.</param>
    /// <param name="sink">Where results go.</param>
    /// <param name="late">The limit of datagrams after the handshake that all engines share.</param>
    public DtlsEngine(
        DtlsIdentity identity,
        HandshakePool pool,
        TimeProvider time,
        IReadOnlyList<SrtpProfile> profiles,
        IDtlsSink sink,
        RateLimit late)
    {
        _identity = identity;
        _pool = pool;
        _time = time;
        _profiles = profiles;
        _sink = sink;
        _queue = new DtlsTransportQueue(sink);
        _lateOfPeer = new RateLimit(time, LateBurst, LatePerSecond);
        _lateOfAll = late;
    }

    private enum Phase
    {
        New,
        Waiting,
        Handshaking,
        Open,
        Closed,
    }

    public bool Completed => _completed;

    public void Start(DtlsRole role, DtlsFingerprints remote)
    {
        ArgumentNullException.ThrowIfNull(remote);
        var begun = true;
        lock (_gate)
        {
            if (_phase == Phase.Closed || _closing) return;
            if (_phase != Phase.New) throw new InvalidOperationException("A DTLS association is started once.");
            _role = role;
            _handshake = new DtlsHandshake(_identity, _profiles, remote);
            _phase = Phase.Waiting;
            if (role == DtlsRole.Client || _queue.HasReceived)
            {
                begun = Begin();
            }
            else
            {
                var limit = TimeSpan.FromMilliseconds(DtlsHandshake.LimitMillis);
                _firstDatagramTimer = _time.CreateTimer(
                    static engine => ((DtlsEngine)engine!).NothingCame(), this, limit, Timeout.InfiniteTimeSpan);
            }
        }

        if (!begun) End(DtlsCloseReason.Overloaded, "Too many handshakes are waiting.");
    }

    public void Feed(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < MinRecordLength) return;
        var begun = true;
        lock (_gate)
        {
            switch (_phase)
            {
                case Phase.New or Phase.Handshaking:
                    _queue.Push(datagram);
                    return;
                case Phase.Waiting when !_closing:
                    _queue.Push(datagram);
                    begun = Begin();
                    break;
                case Phase.Open when datagram[0] is Alert or HandshakeRecord && !_closing:
                    if (!_lateOfPeer.TryTake() || !_lateOfAll.TryTake()) return;
                    _queue.Push(datagram);
                    if (!_running) _running = _pool.TryRun(Serve);
                    return;
                default:
                    return;
            }
        }

        if (!begun) End(DtlsCloseReason.Overloaded, "Too many handshakes are waiting.");
    }

    public void Close()
    {
        var served = false;
        lock (_gate)
        {
            if (_phase == Phase.Closed || _closing) return;
            _closing = true;
            if (_phase == Phase.Handshaking) _queue.Abort();
            if (_phase is Phase.Handshaking or Phase.Open) served = _running = _running || _pool.TryRun(Serve);
        }

        // Not begun, or no thread to be had for a close_notify.
        if (!served && !_pool.TryRun(() => End(DtlsCloseReason.ClosedLocally, null)))
        {
            End(DtlsCloseReason.ClosedLocally, null);
        }
    }

    private bool Begin()
    {
        _firstDatagramTimer?.Dispose();
        _phase = Phase.Handshaking;
        return _running = _pool.TryRun(() =>
        {
            if (Shake()) Serve();
        });
    }

    private void NothingCame()
    {
        lock (_gate)
        {
            if (_phase != Phase.Waiting) return;
            _closing = true;
        }

        End(DtlsCloseReason.TimedOut, "The peer did not begin the handshake.");
    }

    /// <summary>The handshake, on a thread of the pool. False when the association ended with it.</summary>
    private bool Shake()
    {
        var handshake = _handshake!;
        try
        {
            _association = _role == DtlsRole.Server
                ? new DtlsServerProtocol().Accept(new DtlsServer(handshake), _queue)
                : new DtlsClientProtocol().Connect(new DtlsClient(handshake), _queue);
            _queue.Flush();
        }
        catch (IOException failure)
        {
            var (reason, detail) = Explain(failure, handshake);
            End(reason, detail);
            return false;
        }

        lock (_gate)
        {
            _phase = Phase.Open;
            if (_closing) return true;
        }

        _completed = true;
        _sink.OnDtlsConnected(handshake.Keys!);
        return true;
    }

    /// <summary>Deals with what has come since, on a thread of the pool; one at a time.</summary>
    private void Serve()
    {
        while (true)
        {
            bool closing;
            lock (_gate)
            {
                closing = _closing;
                if (!closing && !_queue.HasReceived)
                {
                    _running = false;
                    return;
                }
            }

            if (closing)
            {
                _association!.Close(); // sends close_notify
                End(DtlsCloseReason.ClosedLocally, null);
                return;
            }

            if (!TryReceive()) return;
        }
    }

    private bool TryReceive()
    {
        var handshake = _handshake!;
        try
        {
            Span<byte> ignored = stackalloc byte[DtlsTransportQueue.MaxReceived];
            _association!.Receive(ignored, waitMillis: 1);
            _association.ReceivePending(ignored);
            _queue.Flush();
        }
        catch (IOException failure) when (!handshake.PeerClosed)
        {
            var (reason, detail) = Explain(failure, handshake);
            End(reason, detail);
            return false;
        }
        catch (IOException)
        {
            // Our own queue, which BouncyCastle closed when it answered the close_notify.
        }

        if (!handshake.PeerClosed) return true;
        End(DtlsCloseReason.ClosedByPeer, null);
        return false;
    }

    private (DtlsCloseReason Reason, string? Detail) Explain(IOException failure, DtlsHandshake handshake)
    {
        bool closing;
        lock (_gate) closing = _closing;
        if (closing) return (DtlsCloseReason.ClosedLocally, null);
        if (handshake.Refusal is { } refusal) return refusal;
        if (handshake.PeerClosed) return (DtlsCloseReason.ClosedByPeer, null);
        return failure switch
        {
            TlsFatalAlertReceived => (DtlsCloseReason.FatalAlert, $"The peer sent {failure.Message}."),
            TlsTimeoutException => (DtlsCloseReason.TimedOut, "The peer did not answer in time."),
            _ => (DtlsCloseReason.HandshakeFailed, failure.Message),
        };
    }

    private void End(DtlsCloseReason reason, string? detail)
    {
        lock (_gate)
        {
            if (_phase == Phase.Closed) return;
            _phase = Phase.Closed;
            _firstDatagramTimer?.Dispose();
            _association = null;
        }

        _queue.Abort();
        _sink.OnDtlsClosed(reason, detail);
    }
}
