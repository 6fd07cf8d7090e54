using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Tls;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// DTLS 1.2. The handshake is BouncyCastle's, which blocks a thread of the pool; when it is done BouncyCastle is let go
/// (it waits even to look at one datagram), and <see cref="DtlsRecords"/> goes on with its keys: application data,
/// alerts, and the repetition of our last flight.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The records are disposed of when the association ends.")]
internal sealed class DtlsEngine : IDtlsEngine
{
    // What fails to authenticate costs an exception; more than this of it in a second is an attack, and not looked at.
    private const int ForgeryBurst = 200;
    private const int ForgeriesPerSecond = 200;

    private readonly object _gate = new();
    private readonly DtlsIdentity _identity;
    private readonly HandshakePool _pool;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<SrtpProfile> _profiles;
    private readonly IDtlsSink _sink;
    private readonly DtlsTransportQueue _queue;
    private readonly RateLimit _forgeries;
    private Phase _phase;
    private DtlsRole _role;
    private DtlsHandshake? _handshake;
    private DtlsRecords? _records;
    private ITimer? _firstDatagramTimer;
    private volatile bool _completed;
    private bool _closing;

    /// <param name="identity">Our certificate.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="time">For limits; BouncyCastle has a clock of its own.</param>
    /// <param name="profiles">The SRTP profiles, best first.</param>
    /// <param name="sink">Where results go.</param>
    public DtlsEngine(
        DtlsIdentity identity,
        HandshakePool pool,
        TimeProvider time,
        IReadOnlyList<SrtpProfile> profiles,
        IDtlsSink sink)
    {
        _identity = identity;
        _pool = pool;
        _time = time;
        _profiles = profiles;
        _sink = sink;
        _queue = new DtlsTransportQueue(sink);
        _forgeries = new RateLimit(time, ForgeryBurst, ForgeriesPerSecond);
    }

    private enum Phase
    {
        New,
        Waiting,
        Handshaking,
        Done,
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
        if (datagram.Length < DtlsRecords.HeaderLength) return;
        var begun = true;
        lock (_gate)
        {
            switch (_phase)
            {
                case Phase.New or Phase.Handshaking or Phase.Done:
                    _queue.Push(datagram);
                    return;
                case Phase.Waiting when !_closing:
                    _queue.Push(datagram);
                    begun = Begin();
                    break;
                case Phase.Open:
                    break;
                default:
                    return;
            }
        }

        if (begun) Read(datagram);
        else End(DtlsCloseReason.Overloaded, "Too many handshakes are waiting.");
    }

    public void Open()
    {
        lock (_gate)
        {
            if (_phase != Phase.Done) return;
            _phase = Phase.Open;
        }

        while (_queue.TryTake(out var datagram)) Read(datagram);
    }

    public int Protect(ReadOnlySpan<byte> data, Span<byte> datagram)
    {
        lock (_gate)
        {
            return _phase == Phase.Open ? _records!.Protect((byte)ContentType.application_data, data, datagram) : 0;
        }
    }

    public void Close()
    {
        byte[]? notice = null;
        lock (_gate)
        {
            if (_phase == Phase.Closed || _closing) return;
            _closing = true;
            if (_phase == Phase.Handshaking)
            {
                _queue.Abort(); // the handshake's thread ends the association
                return;
            }

            if (_phase is Phase.Done or Phase.Open) notice = CloseNotify();
        }

        if (notice is not null) _sink.SendDtls(notice);
        End(DtlsCloseReason.ClosedLocally, null);
    }

    private bool Begin()
    {
        _firstDatagramTimer?.Dispose();
        _phase = Phase.Handshaking;
        return _pool.TryRun(Shake);
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

    /// <summary>The handshake, on a thread of the pool.</summary>
    private void Shake()
    {
        var handshake = _handshake!;
        try
        {
            if (_role == DtlsRole.Server) new DtlsServerProtocol().Accept(new DtlsServer(handshake), _queue);
            else new DtlsClientProtocol().Connect(new DtlsClient(handshake), _queue);
            _queue.Flush();
        }
        catch (IOException failure)
        {
            var (reason, detail, alert) = Explain(failure, handshake);
            if (reason == DtlsCloseReason.ClosedLocally) _queue.SayGoodbye();
            End(reason, detail, alert);
            return;
        }

        byte[]? notice = null;
        lock (_gate)
        {
            _records = new DtlsRecords(handshake.RecordKeys!, _queue.NextSequence);
            _handshake = null;
            _phase = Phase.Done;
            if (_closing) notice = CloseNotify();
        }

        if (notice is not null)
        {
            _sink.SendDtls(notice);
            End(DtlsCloseReason.ClosedLocally, null);
            return;
        }

        _completed = true;
        _sink.OnDtlsConnected(handshake.Keys!);
    }

    /// <summary>Deals with a datagram after the handshake.</summary>
    private void Read(ReadOnlySpan<byte> datagram)
    {
        Span<byte> content = stackalloc byte[DtlsTransportQueue.MaxReceived];
        while (DtlsRecords.NextRecord(ref datagram) is { IsEmpty: false } record)
        {
            if (TryUnprotect(record, content, out var length)) Take((short)record[0], content[..length]);
        }
    }

    private bool TryUnprotect(ReadOnlySpan<byte> record, Span<byte> content, out int length)
    {
        length = 0;
        lock (_gate)
        {
            if (_phase != Phase.Open || _closing || record.Length > content.Length || !_forgeries.TryTake()) return false;
            if (!_records!.TryUnprotect(record, content, out length)) return false;
            _forgeries.GiveBack();
            return true;
        }
    }

    private void Take(short type, ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case ContentType.application_data:
                _sink.OnDtlsData(content);
                break;
            case ContentType.handshake when _role == DtlsRole.Server:
                // The client repeats its last flight, with a Finished that was not seen before: ours was lost. The same
                // bytes again are safe, and new to the client.
                _sink.SendDtls(_queue.LastFlight);
                break;
            case ContentType.alert when content is [_, (byte)AlertDescription.close_notify]:
                Answer();
                break;
            case ContentType.alert when content is [(byte)AlertLevel.fatal, var alert]:
                End(DtlsCloseReason.FatalAlert, $"The peer sent {AlertDescription.GetText(alert)}.", alert);
                break;
        }
    }

    /// <summary>Answers a close_notify with our own (RFC 5246 section 7.2.1), and ends.</summary>
    private void Answer()
    {
        byte[] notice;
        lock (_gate)
        {
            if (_phase != Phase.Open || _closing) return;
            _closing = true;
            notice = CloseNotify();
        }

        _sink.SendDtls(notice);
        End(DtlsCloseReason.ClosedByPeer, null);
    }

    private byte[] CloseNotify()
    {
        var record = new byte[2 + DtlsRecords.MaxOverhead];
        byte[] alert = [(byte)AlertLevel.warning, (byte)AlertDescription.close_notify];
        return record[.._records!.Protect((byte)ContentType.alert, alert, record)];
    }

    private (DtlsCloseReason Reason, string? Detail, byte? Alert) Explain(IOException failure, DtlsHandshake handshake)
    {
        bool closing;
        lock (_gate) closing = _closing;
        if (closing) return (DtlsCloseReason.ClosedLocally, null, null);
        if (handshake.Refusal is var (reason, detail, alert)) return (reason, detail, alert);
        if (handshake.PeerClosed) return (DtlsCloseReason.ClosedByPeer, null, null);
        return failure switch
        {
            TlsFatalAlertReceived received =>
                (DtlsCloseReason.FatalAlert, $"The peer sent {failure.Message}.", (byte)received.AlertDescription),
            TlsTimeoutException => (DtlsCloseReason.TimedOut, "The peer did not answer in time.", null),
            TlsFatalAlert sent => (DtlsCloseReason.HandshakeFailed, failure.Message, (byte)sent.AlertDescription),
            _ => (DtlsCloseReason.HandshakeFailed, failure.Message, null),
        };
    }

    private void End(DtlsCloseReason reason, string? detail, byte? alert = null)
    {
        lock (_gate)
        {
            if (_phase == Phase.Closed) return;
            _phase = Phase.Closed;
            _firstDatagramTimer?.Dispose();
            _records?.Dispose();
            _records = null;
        }

        _queue.Abort();
        _sink.OnDtlsClosed(reason, detail, alert);
    }
}
