namespace GoTo.Calls;

/// <summary>
/// The rules of a call: a state and a command give events, or a refusal. Pure, so that every journal can be decided
/// again. A command that changes nothing gives no events: repeats are harmless. The whole table: docs/call-states.md.
/// </summary>
internal sealed record CallDecision(IReadOnlyList<CallEvent> Events, string? Refusal)
{
    /// <summary>How often an answer whose arrival is in doubt is sent, and how often a ringing call gets a room.</summary>
    private const int MostAttempts = 3;

    public static readonly CallDecision Nothing = new([], null);

    /// <param name="state">The call as it stands.</param>
    /// <param name="command">What is asked of it.</param>
    /// <param name="now">When it is asked: the time of the journal entries that come of it.</param>
    public static CallDecision Decide(CallState state, CallCommand command, DateTimeOffset now)
    {
        var decision = ByRules(state, command, now);
        if (decision.Events.Count == 0) return decision;
        return GateRules.LeavesNobody(decision.Events) && !state.IsHangingUp
            ? decision with { Events = [.. decision.Events, new HangUpIntended(HangUpReason.Normal, Cluster)] }
            : decision with { Events = [.. decision.Events, .. RescueRules.After(state, decision.Events, now)] };
    }

    private static CallDecision ByRules(CallState state, CallCommand command, DateTimeOffset now) => command switch
    {
        CallCommand.Ring c => state.Phase is CallPhase.Initial
            ? Happened(new Rang(c.From, c.To, c.LineId, c.TraceParent))
            : Nothing,
        CallCommand.Dial c => state.Phase is CallPhase.Initial
            ? Happened(new Dialed(c.RequestId, c.Request, c.TraceParent) { Registration = c.Registration })
            : state.RequestId == c.RequestId ? Nothing : Refused("it is another dial's call"),
        _ when state.Phase is CallPhase.Initial => Refused("no event of it has arrived yet"),
        CallCommand.Operate c => OperationRules.Operate(state, c),
        CallCommand.Claim c => ClaimRules.Claim(state, c),
        CallCommand.Release c => ClaimRules.Release(state, c),
        CallCommand.CloseMedia => state.HoldsAudio ? Happened(new MediaClosed()) : Nothing,
        CallCommand.MarkRecorded => state is { Phase: CallPhase.Ended, Recorded: false } ? Happened(new RecordWritten()) : Nothing,
        _ when state.Phase is CallPhase.Ended => Nothing,

        CallCommand.Alert => state is { Phase: CallPhase.Dialing, Alerted: false } ? Happened(new Alerted()) : Nothing,
        CallCommand.Route c => GateRules.Route(state, c),
        CallCommand.JoinRoom c => state is { HoldsAudio: true, MediaOpen: false }
            ? Happened(new RoomJoined(c.Room, c.Participant))
            : Nothing,
        CallCommand.OpenGate c => state is { MediaOpen: true, AgentReady: false }
            ? Happened(new AgentReady(c.AgentIdentity))
            : Nothing,
        CallCommand.ShutGate c when DispatchRules.IsRepeated(state, c, now) => Happened(new DispatchRefused(c.Detail)),
        CallCommand.ShutGate c => state.LacksAgent ? AgentRules.NotDispatched(state, c) : GateRules.Shut(state, c),
        CallCommand.LoseAgent c => AgentRules.Lost(state, c),
        CallCommand.NoteDispatch => AgentRules.Dispatched(state),
        CallCommand.LoseRoom c => RoomLost(state, c),
        CallCommand.IntendAnswer => state is { MayAnswer: true, GateOpen: true, HangUp: RequestProgress.None }
            ? Happened(new AnswerIntended())
            : Refused("no agent is ready, or it is already being answered or hung up"),
        CallCommand.AcceptAnswer c => state.AnswerAttempts > 0 ? AnswerAccepted(state, c) : Nothing,
        CallCommand.FailAnswer c => state is { Phase: CallPhase.Connected, MayAnswer: false }
            ? Nothing
            : HappenedAndRefused(state, new AnswerFailed(c.Detail), HangUpReason.Normal),
        CallCommand.Connect c => state.Phase is CallPhase.Connected ? Nothing : new CallDecision([.. Answered(state, c.AnsweredAt)], null),
        CallCommand.StartAudio c => AlreadyHeard(state, c.Direction) ? Nothing : Happened(new AudioStarted(c.Direction)),
        CallCommand.EndGreeting => state is { EarlyGreeting: not null, GreetedAt: null } ? Happened(new Greeted()) : Nothing,
        CallCommand.LapseAudio c => state is { MediaOpen: true, SilentSince: null } ? Happened(new AudioLapsed(c.Already)) : Nothing,
        CallCommand.ReturnAudio => state.SilentSince is not null ? Happened(new AudioReturned()) : Nothing,
        CallCommand.Expire { Limit: TimeLimit.AgentReturn } => AgentRules.NotThere(state, now),
        CallCommand.Expire c => CallGuards.Reached(state, c.Limit),
        CallCommand.FailMedia c => state.MediaOpen ? AudioLost(state, c) : Nothing,
        CallCommand.AcceptHangUp => IsWanted(state) ? Happened(new HangUpAccepted()) : Nothing,
        CallCommand.FailHangUp c => IsWanted(state) ? Happened(new HangUpFailed(c.Detail)) : Nothing,
        CallCommand.Send c => OperationRules.Send(state, c),
        CallCommand.Take c => OperationRules.Take(state, c),
        CallCommand.Settle c => OperationRules.Settle(state, c),
        CallCommand.Hold => HoldRules.Held(state, now),
        CallCommand.Resume => HoldRules.Resumed(state, now),
        CallCommand.Transfer c => state.Transferred
            ? Nothing
            : new CallDecision([new Transferred(c.Target), .. OperationRules.TransfersDone(state)], null),
        CallCommand.ReceiveDigit c => DigitRules.Received(state, c, now),
        CallCommand.End c => new CallDecision([.. Over(state, c.Reason, c.Talked)], null),
        CallCommand.Reconcile c => new CallDecision([.. Reconcile(state, c.Upstream)], null),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No rule for this command."),
    };

    private static CallDecision AnswerAccepted(CallState state, CallCommand.AcceptAnswer command)
    {
        var events = new List<CallEvent>();
        if (state.Answer is not RequestProgress.Accepted) events.Add(new AnswerAccepted());
        if (command.Connected && state.Phase is not CallPhase.Connected) events.AddRange(Answered(state, command.AnsweredAt));
        return new CallDecision(events, null);
    }

    /// <summary>
    /// A ringing phone gets a new room, a few times; a call that is being answered cannot be renegotiated (resolution C3),
    /// and without audio it is no call. What becomes of a talk is a matter of <see cref="RescueRules"/>. A call that was
    /// answered elsewhere is none of ours to end.
    /// </summary>
    private static CallDecision AudioLost(CallState state, CallCommand.FailMedia command)
    {
        var failed = new MediaFailed(command.Detail);
        if (state.Phase is CallPhase.Ringing || state is { Phase: CallPhase.Dialing, AnswerAttempts: 0 })
            return state.MediaFailures + 1 < MostAttempts ? Happened(failed) : HappenedAndRefused(state, failed, HangUpReason.Busy);
        return state is { AnswerAttempts: > 0, Phase: not CallPhase.Connected } ? HappenedAndRefused(state, failed, HangUpReason.Normal) : Happened(failed);
    }

    /// <summary>A talk whose room was ended on purpose is ended with it; a ringing phone gets another room.</summary>
    private static CallDecision RoomLost(CallState state, CallCommand.LoseRoom command) =>
        state is { Phase: CallPhase.Connected, IsOurs: true, MediaOpen: true, IsLeaving: false }
            ? state.IsHangingUp ? Nothing : Happened(new HangUpIntended(HangUpReason.Normal, Media.RoomCommands.Actor))
            : state.MediaOpen ? AudioLost(state, new CallCommand.FailMedia(command.Detail)) : Nothing;

    private static IEnumerable<CallEvent> Reconcile(CallState state, UpstreamCall upstream)
    {
        yield return new Reconciled(upstream.Known ? upstream.State : "not found");
        if (!upstream.Known || upstream.Ended)
        {
            var reason = upstream.Known ? upstream.EndReason : state.Transferred ? EndReason.Transfer : EndReason.Lost;
            foreach (var happened in Over(state, reason, upstream.Talked)) yield return happened;
            yield break;
        }
        foreach (var happened in OperationRules.LookedUp(state, upstream)) yield return happened;
        if (upstream.Connected)
        {
            if (state.Phase is not CallPhase.Connected)
                foreach (var happened in Answered(state, upstream.AnsweredAt)) yield return happened;
            if (upstream.OnHold && !state.OnHold) yield return new Held(OriginOf(state), ByReply: false);
            if (!upstream.OnHold && state.OnHold && !state.Transferred) yield return new Resumed(ByReply: false);
            if (upstream.TransferTarget is { } target && !state.Transferred)
            {
                yield return new Transferred(target);
                foreach (var happened in OperationRules.TransfersDone(state)) yield return happened;
            }
        }
        else if (state is { Unanswered: true, AnswerAttempts: >= MostAttempts, HangUp: RequestProgress.None })
        {
            yield return new AnswerFailed("GoTo takes the answer again and again, and the phone still rings");
            yield return new HangUpIntended(HangUpReason.Normal, Cluster);
        }
        if (state.HangUp is RequestProgress.Accepted && upstream.TransferTarget is null) yield return new HangUpFailed("GoTo took it and still has the call");
    }

    public const string Cluster = "cluster";

    private static IEnumerable<CallEvent> Answered(CallState state, DateTimeOffset? at) =>
        [new Connected(at), .. OperationRules.DoneBy<CallOperation.Answer>(state), .. GateRules.AfterAnswer(state)];

    /// <summary>A phone that rang and that nobody of ours took, for a reason that GoTo does not give (resolution E22).</summary>
    public static IEnumerable<CallEvent> Over(CallState state, EndReason reason, TimeSpan talked)
    {
        var known = (reason, state) switch
        {
            (EndReason.Unknown, { Direction: CallDirection.Inbound, AnsweredAt: null }) => EndReason.AnsweredElsewhereOrMissed,
            // We gave up ringing: for whoever placed the call that is no answer.
            (EndReason.LocalHangUp, { Direction: CallDirection.Outbound, RangTooLong: true }) => EndReason.NoAnswer,
            _ => reason,
        };
        return [.. OperationRules.AtEnd(state, known), new Ended(known, talked)];
    }

    private static HoldOrigin OriginOf(CallState state) =>
        state.OpenOf<CallOperation.Hold>() is null ? HoldOrigin.Remote : HoldOrigin.Local;

    /// <summary>A hang-up is to be done and not taken yet.</summary>
    private static bool IsWanted(CallState state) => state.HangUp is RequestProgress.Intended or RequestProgress.Failed;

    private static bool AlreadyHeard(CallState state, AudioDirection direction) =>
        direction is AudioDirection.FromCaller ? state.CallerHeard : state.AgentHeard;

    public static CallDecision Happened(CallEvent happened) => new([happened], null);

    /// <summary>The cluster itself gives the call up, unless a hang-up is on its way already.</summary>
    public static CallDecision HappenedAndRefused(CallState state, CallEvent happened, HangUpReason reason) =>
        new(state.IsHangingUp ? [happened] : [happened, new HangUpIntended(reason, Cluster)], null);

    public static CallDecision Refused(string why) => new([], why);
}
