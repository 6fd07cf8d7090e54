using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.Numbers;
using GoTo.WebRtc;

namespace GoTo.Media;

/// <content>The call's room: its agent, the digits both ways, and what the agent may have done with the call.</content>
internal sealed partial class CallMedia
{
    private readonly HashSet<string> _dispatched = [];
    private volatile string? _agent;
    private bool _talks;
    private CallCommand.LoseAgent? _lost;
    private string? _sipStatus;
    private DtmfPolicy _dtmf;
    private Task? _greeting;
    private string? _dial;

    public async Task<RoomOpened> OpenRoom(RoomRequest request, CancellationToken cancellationToken)
    {
        var phone = new PhoneInRoom(call, request, host.LiveKit);
        (_sipStatus, _dial) = (request.SipStatus, request.Dial);
        _dtmf = request.Registration?.Room.Dtmf ?? DtmfPolicy.BothWays;
        try
        {
            if (request.Existing is null) await host.Rooms.CreateRoom(phone.Room(), cancellationToken);
            var joined = await RoomParticipant.Join(
                phone.Join(host.Time, ShardKey, new RoomCommands(grain, MayCommand, DialsToPhone).Methods),
                host.Engine, this, host.Time, host.Logs, cancellationToken);
            if (Keep(() => _participant = joined))
                return new RoomOpened(phone.RoomName, phone.Identity, null);
            await joined.DisposeAsync();
            return new RoomOpened(phone.RoomName, phone.Identity, ClosedMeanwhile);
        }
        catch (Exception e) when (RoomRefusal.Of(e) is not null)
        {
            var refusal = RoomRefusal.Of(e)!;
            return new RoomOpened(phone.RoomName, phone.Identity, refusal.Detail) { MayPass = refusal.MayPass };
        }
    }

    /// <summary>The gate opens when the agent is heard and listens: then nothing that either says first is lost.</summary>
    public async Task<AgentArrival> AwaitAgent(
        TimeSpan limit, RoomRequest? dispatch, string? greeting, CancellationToken cancellationToken)
    {
        if (_participant is not { } room) return new AgentArrival(null, "the room is not joined", RoomLost: true);
        if (greeting is not null) _greeting ??= Greet(greeting);
        if (dispatch is not null && await Dispatch(dispatch, cancellationToken) is { } refusal)
            return new AgentArrival(null, refusal.Detail) { MayPass = refusal.MayPass };
        using var timeout = new CancellationTokenSource(limit, host.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            string? agent = null;
            await room.WaitUntil(
                r => r.IsMicrophoneSubscribed && (agent = r.Tracks.FirstOrDefault(IsVoice)?.Participant.Identity) is not null,
                stop.Token);
            await (_greeting ?? Task.CompletedTask).WaitAsync(cancellationToken);
            _agent = agent;
            return new AgentArrival(agent, null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new AgentArrival(null, $"no agent with audio within {limit.TotalSeconds:0.#} s");
        }
        catch (RoomDisconnectedException e)
        {
            return new AgentArrival(null, e.Message, RoomLost: true);
        }
    }

    private async Task Greet(string announcement)
    {
        if (await Announce(announcement, CancellationToken.None) is { } failure) _logger.NotGreeted(call, failure);
        Report(new CallCommand.EndGreeting());
    }

    /// <summary>Sends an agent to the room that was made for another one; once, however often it is asked for. Null when done.</summary>
    private async Task<RoomRefusal?> Dispatch(RoomRequest request, CancellationToken cancellationToken)
    {
        if (request.Agent is not { } agent || !_dispatched.Add(agent)) return null;
        var refusal = await DispatchAgent(request, cancellationToken);
        if (refusal is not null) _dispatched.Remove(agent);
        return refusal;
    }

    /// <summary>
    /// Sends an agent to the room. Null when the room server has taken that, or may have: one that does not come is not waited
    /// for long, and two would talk at once.
    /// </summary>
    public async Task<RoomRefusal?> DispatchAgent(RoomRequest request, CancellationToken cancellationToken)
    {
        if (request.Agent is not { } agent) return new RoomRefusal("the call has no agent", MayPass: false);
        try
        {
            await host.Dispatches.CreateDispatch(new PhoneInRoom(call, request, host.LiveKit).Dispatch(agent), cancellationToken);
            return null;
        }
        catch (TwirpException e) when (e.OutcomeUnknown)
        {
            _logger.DispatchUncertain(call, e.Message);
            return null;
        }
        catch (TwirpException e)
        {
            return RoomRefusal.Of(e);
        }
    }

    /// <summary>Tells the room how the call stands, when that has changed.</summary>
    public void TellStatus(string sipStatus)
    {
        if (_participant is not { } room || Interlocked.Exchange(ref _sipStatus, sipStatus) == sipStatus) return;
        room.SetAttributes(new Dictionary<string, string> { [SipCallStatus.Attribute] = sipStatus });
        if (sipStatus == SipCallStatus.Active) AgentIsDue();
    }

    /// <summary>The talk begins: from now on the call is told when it has no agent, and when it has one again.</summary>
    private void AgentIsDue()
    {
        lock (_legs)
        {
            if (_talks) return;
            _talks = true;
            if (_voices is [var first, ..]) _agent ??= first.Participant.Identity;
            if (AgentTrack is null) LoseAgent("none is there as the call is answered");
        }
    }

    /// <summary>What the call should know of its agent, if a report was lost on the way; null when there is nothing.</summary>
    public CallCommand? AgentNow
    {
        get
        {
            lock (_legs)
            {
                return _lost is null ? null : AgentTrack is { Participant.Identity: var agent } ? new CallCommand.OpenGate(agent) : _lost;
            }
        }
    }

    private void LoseAgent(string why) => Report(_lost = new CallCommand.LoseAgent(why));

    /// <summary>The agents' side of the room: those of kind AGENT, and the one for whom the phone was answered. Others may be listening.</summary>
    private RemoteAudioTrack? AgentTrack => _voices.Find(voice => voice.Participant.IsAgent || voice.Participant.Identity == _agent);

    /// <summary>A key of the phone, as LiveKit's SIP bridge tells of it.</summary>
    public void TellDigit(string digit)
    {
        if (_participant is not { Disconnect: null } room || _dtmf is DtmfPolicy.ToPhone or DtmfPolicy.None) return;
        try
        {
            room.SendDtmf(digit);
        }
        catch (DataChannelException e)
        {
            _logger.DigitNotSent(call, e.Message);
        }
    }

    void IRoomEvents.OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
    {
        // Who is there matters to the gate alone, and it looks for itself.
    }

    void IRoomEvents.OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        if (!IsVoice(track)) return;
        lock (_legs)
        {
            var lacked = AgentTrack is null;
            _voices.Add(track);
            if (_talks) _agent ??= track.Participant.Identity;
            Bridge();
            if (_talks && lacked && AgentNow is { } back) Report(back);
        }
    }

    void IRoomEvents.OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        lock (_legs)
        {
            var had = AgentTrack is not null;
            if (_voices.RemoveAll(voice => voice.Sid == track.Sid) == 0) return;
            Bridge();
            if (_talks && had && AgentTrack is null)
                LoseAgent($"{track.Participant.Identity} is not heard any more");
        }
    }

    void IRoomEvents.OnDtmf(RoomParticipant room, string identity, char digit)
    {
        // Other phones in the room tell of their own keys; only an agent means that we dial.
        if (DialsToPhone && IsAgent(room, identity))
            Report(new CallCommand.Operate(CommandId.New(), new CallOperation.SendDtmf($"{digit}"), RoomCommands.Actor));
    }

    /// <summary>The microphone is another one.</summary>
    void IRoomEvents.OnReconnected(RoomParticipant room)
    {
        lock (_legs) Bridge();
    }

    void IRoomEvents.OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
    {
        if (_closed) return;
        var what = $"{disconnect.Cause}, {disconnect.Reason}. {disconnect.Detail}";
        Report(disconnect is { Cause: RoomDisconnectCause.ServerLeave, Reason: DisconnectReason.RoomDeleted or DisconnectReason.ParticipantRemoved }
            ? new CallCommand.LoseRoom($"the room was ended: {what}")
            : new CallCommand.FailMedia($"the room was lost: {what}"));
    }

    private bool DialsToPhone => _dtmf is DtmfPolicy.BothWays or DtmfPolicy.ToPhone;

    /// <summary>The call is its agents' to command, and nobody else's in the room.</summary>
    private bool MayCommand(string identity) => _participant is { } room && IsAgent(room, identity);

    private bool IsAgent(RoomParticipant room, string identity) =>
        identity == _agent || room.Participants.Any(other => other.Identity == identity && other.IsAgent);

    /// <summary>
    /// What the phone hears of the room: agents, people, phones that others brought in. Not the phones of our other
    /// calls: those hear each other by GoTo's conference (docs/decisions/0005), and would be heard twice.
    /// </summary>
    private static bool IsVoice(RemoteAudioTrack track) => !PhoneInRoom.IsOurs(track.Participant);
}
