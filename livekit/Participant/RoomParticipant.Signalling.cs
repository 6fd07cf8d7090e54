using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging;

namespace GoTo.LiveKit;

/// <content>
/// The signalling loop. All that happens to a participant, messages, media events, timers, commands, goes through one
/// queue and is handled one after the other, so nothing here needs a lock.
/// </content>
public sealed partial class RoomParticipant
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromMilliseconds(500);

    private readonly JoinOptions _options;
    private readonly IRoomEvents _events;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomParticipant> _logger;
    private readonly Channel<Input> _inbox = Channel.CreateUnbounded<Input>(new() { SingleReader = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _life = new();
    private readonly RtcEngine _engine;
    private readonly ParticipantTable _table = new();
    private readonly Dictionary<string, float> _levels = [];
    private volatile RoomSession _session;
    private bool _twoConnections;
    private SignalSocket? _socket;
    private Task _loop = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private ITimer? _pings;
    private ITimer? _overdue;
    private TimeSpan _pingTimeout;
    private long _heardAt;
    private long _lastRoundTrip;
    private uint _requestId;
    private volatile bool _inRoom;
    private volatile string _progress = "not connected";

    private RoomParticipant(
        JoinOptions options, RtcEngine engine, IRoomEvents events, TimeProvider time, ILogger<RoomParticipant> logger)
    {
        _options = options;
        _events = events;
        _time = time;
        _logger = logger;
        _engine = engine;
        _session = NewSession();
        _calls = new RpcCalls(packet => Send(packet, reliable: true), time);
        _rpc = new RpcServer(options.Rpc, packet => Send(packet, reliable: true), time, logger);
    }

    private RoomSession NewSession() =>
        new(_options, _engine, _twoConnections, (session, target) => new PeerEvents(this, session, target, _inbox.Writer));

    private async Task Read(SignalSocket socket)
    {
        try
        {
            while (await socket.Receive(_life.Token).ConfigureAwait(false) is { } message)
                _inbox.Writer.TryWrite(new Input.Message(message));
            _inbox.Writer.TryWrite(new Input.SocketEnded(socket, $"The signalling socket was {socket.End}."));
        }
        catch (InvalidProtocolBufferException)
        {
            _inbox.Writer.TryWrite(new Input.Malformed("A signalling message is malformed."));
        }
        catch (OperationCanceledException)
        {
            // Our own end: the loop is over.
        }
    }

    private async Task Run(SignalSocket socket)
    {
        RoomDisconnect? end = null;
        while (end is null)
        {
            var input = await _inbox.Reader.ReadAsync().ConfigureAwait(false);
            try
            {
                end = await Handle(input, socket).ConfigureAwait(false);
            }
            catch (SdpException e)
            {
                end = Violation($"The server's SDP cannot be accepted: {e.Message}");
            }
            catch (InvalidOperationException e) when (_session.IsOver)
            {
                AwaitLeave(e.Message);
            }
#pragma warning disable CA1031 // Whatever goes wrong, the participant ends typed and is no zombie in the room.
            catch (Exception e)
            {
                _logger.LoopFailed(_options.Name, e);
                end = Violation($"Handling a message failed: {e.GetType().Name}.");
            }
#pragma warning restore CA1031
            // We were about to say goodbye.
            if (end is { Cause: RoomDisconnectCause.SignalLost or RoomDisconnectCause.MediaFailed } && _leaving.IsCancellationRequested)
                end = Left(DisconnectReason.ClientInitiated);
            if (end is not null && CanResume(end))
            {
                (var resumed, end) = await Resume(end).ConfigureAwait(false);
                if (resumed is not null)
                {
                    await Take(resumed, socket).ConfigureAwait(false);
                    (socket, end) = (resumed, null);
                }
            }
            if (end is not null && CanReconnect(end))
            {
                (var rejoined, end) = await Reconnect(end, socket).ConfigureAwait(false);
                socket = rejoined ?? socket;
            }
            Publish();
        }
        await Finish(end, socket).ConfigureAwait(false);
    }

    private async ValueTask<RoomDisconnect?> Handle(Input input, SignalSocket socket)
    {
        switch (input)
        {
            case Input.Message(var message):
                _heardAt = _time.GetTimestamp();
                return await Handle(message, socket).ConfigureAwait(false);
            case Input.Data(var reliable, var data):
                TakeData(reliable, data);
                return null;
            case Input.Others(var others):
                Apply(others);
                return null;
            case Input.Media(var session, _, _, _) when session != _session:
                return null; // one that was replaced
            case Input.Media(_, _, PeerState.Connected, _):
                if (_session.IsConnected) MediaConnected();
                return null;
            case Input.Media(_, SignalTarget.Subscriber, PeerState.Disconnected, _) when _inRoom:
                // A new path for it is the server's to offer, and is offered when the session is resumed.
                return new RoomDisconnect(
                    RoomDisconnectCause.MediaFailed, default, LeaveRequest.Types.Action.Resume, "What we receive on is lost.");
            case Input.Media(_, _, PeerState.Disconnected, _) when _inRoom:
                // It may come back by itself; a new path is looked for meanwhile.
                _session.OfferWanted = _session.RestartWanted = true;
                await OfferIfWanted(socket).ConfigureAwait(false);
                return null;
            case Input.Media(_, _, PeerState.Failed or PeerState.Closed, var reason) when _session.IsOver:
                AwaitLeave(reason?.Text ?? "The peer connection failed.");
                return null;
            case Input.Overdue(var session, var why) when session == _session:
                return Failed(why);
            case Input.Candidate(var session, var target, var candidate) when session == _session:
                await socket.Send(new SignalRequest { Trickle = Trickle(target, candidate) }).ConfigureAwait(false);
                return null;
            case Input.NewAttributes(var attributes):
                foreach (var (name, value) in attributes)
                    _attributes[name] = value;
                var update = new UpdateParticipantMetadata { RequestId = ++_requestId };
                update.Attributes.Add(attributes.ToDictionary());
                await socket.Send(new SignalRequest { UpdateMetadata = update }).ConfigureAwait(false);
                return null;
            case Input.Ping:
                return await Ping(socket).ConfigureAwait(false);
            case Input.SocketEnded(var ended, _) when ended != socket:
                return null; // one that was replaced
            case Input.SocketEnded(_, var how):
                return new RoomDisconnect(RoomDisconnectCause.SignalLost, default, default, how);
            case Input.Malformed(var what):
                return Violation(what);
            case Input.LeaveNow(var reason):
                await socket.Send(new SignalRequest { Leave = new LeaveRequest { Reason = reason } })
                    .ConfigureAwait(false);
                return Left(reason);
            default:
                return null;
        }
    }

    // The end of the media may overtake the server's leave, which says why.
    private void AwaitLeave(string why) => Expect(LeavePatience, why);

    /// <summary>The session is to be whole, or over, before long; else its media has failed.</summary>
    private void Expect(TimeSpan limit, string why)
    {
        var session = _session;
        _overdue?.Dispose();
        _overdue = _time.CreateTimer(
            _ => _inbox.Writer.TryWrite(new Input.Overdue(session, why)), null, limit, Timeout.InfiniteTimeSpan);
    }

    private async ValueTask<RoomDisconnect?> Ping(SignalSocket socket)
    {
        if (_time.GetElapsedTime(_heardAt) >= _pingTimeout)
            return new RoomDisconnect(
                RoomDisconnectCause.SignalSilent, default, default, $"Nothing was heard for {_pingTimeout}.");
        await socket.Send(new SignalRequest { PingReq = new Ping { Timestamp = Now(), Rtt = _lastRoundTrip } })
            .ConfigureAwait(false);
        return null;
    }

    private async Task Finish(RoomDisconnect end, SignalSocket socket)
    {
        _end = end;
        StopData();
        _inbox.Writer.TryComplete();
        if (_pings is { } pings)
            await pings.DisposeAsync().ConfigureAwait(false);
        if (_overdue is { } overdue)
            await overdue.DisposeAsync().ConfigureAwait(false);
        await socket.Close().ConfigureAwait(false);
        // Cutting the socket or the media now could overtake our last words; the server closes its side when it has read them.
        await Task.WhenAny(_reading, Task.Delay(ClosePatience, _time)).ConfigureAwait(false);
        await _session.Close().ConfigureAwait(false);
        await _life.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        await socket.DisposeAsync().ConfigureAwait(false);
        _logger.Disconnected(_options.Name, end.Cause, end.Reason, end.Action, end.Detail);
        Publish();
        if (_inRoom)
            Raise(() => _events.OnDisconnected(this, end));
        else
            _connected.TrySetException(new RoomJoinException(
                end.Cause == RoomDisconnectCause.MediaFailed ? RoomJoinStep.Media : RoomJoinStep.Signalling,
                $"The join failed: {end.Cause}, {end.Reason}. {end.Detail}")
            { Reason = end.Reason });
        _ended.TrySetResult();
        _life.Dispose();
        _leaving.Dispose();
    }

    // A handler's fault must not end the participant's signalling.
#pragma warning disable CA1031
    private void Raise(Action handler)
    {
        try
        {
            handler();
        }
        catch (Exception e)
        {
            _logger.HandlerFailed(_options.Name, e);
        }
    }
#pragma warning restore CA1031

    private static RoomDisconnect Violation(string what) =>
        new(RoomDisconnectCause.ProtocolViolation, default, default, what);

    private static RoomDisconnect Left(DisconnectReason reason) =>
        new(RoomDisconnectCause.LocalLeave, reason, default, "We left.");

    private RoomDisconnect Failed(string why) =>
        new(RoomDisconnectCause.MediaFailed, default, default, why) { Media = _session.Reason };

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
