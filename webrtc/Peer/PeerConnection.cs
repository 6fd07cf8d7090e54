using System.Diagnostics.CodeAnalysis;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Net;
using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// The core of one peer connection: negotiation, ICE, DTLS, SRTP, RTP and RTCP. Lives on its shard's thread; what
/// callers use of it directly (names, state, transceivers, <see cref="Ask{T}"/>) is thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The SRTP session is disposed of when the connection ends.")]
internal sealed partial class PeerConnection : IShardPeer
{
    // From both descriptions being known to media; generous, since it only bounds what hangs.
    private static readonly long ConnectPatience = TimeSpan.FromSeconds(30).Ticks;

    // For the DTLS thread to send close_notify.
    private static readonly long ClosePatience = TimeSpan.FromMilliseconds(500).Ticks;

    private readonly PeerOptions _options;
    private readonly PeerFactory _factory;
    private readonly PeerEvents _events;
    private readonly ILogger _logger;
    private readonly Lock _transceiversLock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile AudioTransceiver[] _transceivers = [];
    private volatile int _state;
    private volatile PeerReason? _reason;
    private bool _isRemoved;
    private bool _isClosing;
    private long _connectBy = long.MaxValue;
    private long _closeBy = long.MaxValue;

    public PeerConnection(
        UdpShard shard, PeerOptions options, IRtcPeerEvents events, PeerFactory factory, ILogger logger)
    {
        Shard = shard;
        _options = options;
        _factory = factory;
        _logger = logger;
        _events = new PeerEvents(events, options.Name, logger);
        _cname = factory.Entropy.NextIceChars(16);
        _sessionId = factory.Entropy.NextUInt64() >> 2;
    }

    public string Name => _options.Name;

    public UdpShard Shard { get; }

    public PeerState State => (PeerState)_state;

    public PeerReason? Reason => _reason;

    public IReadOnlyList<AudioTransceiver> Transceivers => _transceivers;

    public int Socket { get; private set; } = UdpShard.SharedSocket;

    public int TimerPosition { get; set; } = TimerQueue.Nowhere;

    private bool IsTakingLeave => _closeBy != long.MaxValue;

    private bool IsOver => State is PeerState.Closed or PeerState.Failed;

    /// <summary>Asks something of the connection on its shard's thread.</summary>
    public ValueTask<T> Ask<T>(Func<PeerConnection, T> ask, bool evenWhenOver = false)
    {
        var work = new ConnectionWork<T>(this, ask, evenWhenOver);
        Shard.Post(work);
        return new ValueTask<T>(work.Done);
    }

    /// <summary>Has something done on the shard's thread.</summary>
    public ValueTask Do(Action<PeerConnection> action)
    {
        var work = new ConnectionWork<bool>(
            this,
            connection =>
            {
                action(connection);
                return true;
            },
            evenWhenOver: false);
        Shard.Post(work);
        return new ValueTask(work.Done);
    }

    /// <summary>Adds a transceiver for the next description.</summary>
    public AudioTransceiver AddTransceiver(TransceiverDirection direction, string? streamId, string? trackId)
    {
        var transceiver = NewTransceiver(direction, streamId, trackId);
        lock (_transceiversLock)
            _transceivers = [.. _transceivers, transceiver];
        return transceiver;
    }

    /// <summary>Says goodbye; completes when that is sent.</summary>
    public async ValueTask Close()
    {
        if (State == PeerState.Closed)
            return;
        var work = new ConnectionWork<Task>(
            this,
            connection =>
            {
                connection.ShutDown();
                return connection._closed.Task;
            },
            evenWhenOver: true);
        Shard.Post(work);
        await (await work.Done.ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Begins to close: the DTLS thread answers, or the patience ends, and then the state is closed.</summary>
    public void ShutDown()
    {
        if (State == PeerState.Closed || _isClosing)
            return;
        _isClosing = true;
        if (_isRemoved || _dtls is null)
        {
            End(PeerState.Closed, PeerReasons.ClosedHere);
            return;
        }

        if (!IsTakingLeave)
            TakeLeave();
        Reschedule();
    }

    /// <summary>Fails, with a goodbye to the remote side while there is consent to send it (RFC 7675).</summary>
    public void Fail(PeerReason reason)
    {
        if (IsOver)
            return;
        if (_isClosing || _dtls is null || Ice is not { State: IceState.Connected or IceState.Disconnected })
        {
            End(_isClosing ? PeerState.Closed : PeerState.Failed, reason);
            return;
        }

        TakeLeave();
        StopMedia();
        _connectBy = long.MaxValue;
        Enter(PeerState.Failed, reason);
        if (_dtlsIsOver)
            OnLeaveTaken();
        Reschedule();
    }

    public void OnTimer(long now)
    {
        foreach (var generation in Generations)
            generation?.Agent.Tick(now);
        AfterIce();
        foreach (var generation in Generations)
            generation?.Tick(now);
        if (now >= _formerUntil)
            DropFormer();
        TickData(now);
        if (!IsOver)
        {
            SendDueReports(now);
            WatchFlow(now);
            foreach (var transceiver in _transceivers)
                transceiver.Sender.Stream.OnTimer(now);
        }

        if (now >= _closeBy)
            OnLeaveTaken();
        else if (now >= _connectBy)
            Fail(PeerReasons.NotInTime(hadPath: _iceConnectedAt is not null, hadMedia: _srtp is not null));
        Reschedule();
    }

    /// <summary>Tells the shard when to call next.</summary>
    public void Reschedule()
    {
        if (_isRemoved)
            return;
        var due = Math.Min(Math.Min(DataDue, GatheringDue), Math.Min(_reports.Due, WatchDue));
        foreach (var generation in Generations)
            due = Math.Min(due, generation?.Agent.NextDeadline ?? long.MaxValue);
        foreach (var transceiver in _transceivers)
            due = Math.Min(due, transceiver.Sender.Stream.Due);
        Shard.Schedule(this, Math.Min(due, Math.Min(_connectBy, _closeBy)));
    }

    private AudioTransceiver NewTransceiver(TransceiverDirection direction, string? streamId, string? trackId) =>
        new(this, direction, streamId ?? _cname, trackId ?? _factory.Entropy.NextIceChars(16),
            _factory.Entropy.NextUInt32());

    private void Enter(PeerState state, PeerReason? reason = null)
    {
        if (State == state)
            return;
        _reason = reason;
        _state = (int)state;
        if (state == PeerState.Connected)
            StartWatching();
        _logger.StateChanged(Name, state, reason);
        _events.OnStateChanged(state, reason);
    }

    /// <summary>Says goodbye: BYE now, close_notify by the DTLS thread, whose end is reported.</summary>
    private void TakeLeave()
    {
        SendBye();
        StopData(PeerReasons.ClosedHere.Text);
        _closeBy = Shard.Now + ClosePatience;
        _dtls!.Close();
    }

    private void OnLeaveTaken()
    {
        if (_isClosing)
            End(PeerState.Closed, PeerReasons.ClosedHere);
        else
            End(PeerState.Failed, _reason!);
    }

    /// <summary>Leaves the shard for good.</summary>
    private void End(PeerState state, PeerReason reason)
    {
        if (!_isRemoved)
        {
            _isRemoved = true;
            _closeBy = long.MaxValue;
            StopMedia();
            StopData(reason.Text);
            // A last flight or alert of DTLS is posted before it reports its end, so it has been sent by now.
            _dtls?.Close();
            CloseIce();
            Shard.Remove(this);
        }

        if (State != PeerState.Closed)
            Enter(state, reason);
        if (state == PeerState.Closed)
            _closed.TrySetResult();
    }
}
