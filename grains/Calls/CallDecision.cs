namespace GoTo.Calls;

/// <summary>
/// The rules of a call: a state and a command give events, or a refusal. Pure, so that every journal can be decided
/// again. A command that changes nothing gives no events: repeats are harmless. The whole table: docs/call-states.md.
/// </summary>
internal sealed record CallDecision(IReadOnlyList<CallEvent> Events, string? Refusal)
{
    /// <summary>How often an answer whose arrival is in doubt is sent, and how often a ringing call gets a room.</summary>
    private const int MostAttempts = 3;

    private static readonly CallDecision Nothing = new([], null);

    public static CallDecision Decide(CallState state, CallCommand command) => command switch
    {
        CallCommand.Ring c => state.Phase is CallPhase.Initial
            ? Happened(new Rang(c.From, c.To, c.LineId, c.TraceParent))
            : Nothing,
        _ when state.Phase is CallPhase.Initial => Refused("no event of it has arrived yet"),
        CallCommand.HangUp when state.Phase is CallPhase.Ended => Refused("it is over"),
        CallCommand.CloseMedia => state.HoldsAudio ? Happened(new MediaClosed()) : Nothing,
        _ when state.Phase is CallPhase.Ended => Nothing,

        CallCommand.Route c => NumberFound(state, c),
        CallCommand.JoinRoom c => state is { HoldsAudio: true, MediaOpen: false }
            ? Happened(new RoomJoined(c.Room, c.Participant))
            : Nothing,
        CallCommand.OpenGate c => state is { MediaOpen: true, AgentReady: false }
            ? Happened(new AgentReady(c.AgentIdentity))
            : Nothing,
        CallCommand.ShutGate c => state is { Phase: CallPhase.Ringing, AgentReady: false }
            ? HappenedAndRefused(state, new AgentMissing(c.Detail), HangUpReason.Busy)
            : Nothing,
        CallCommand.IntendAnswer => state is { Phase: CallPhase.Ringing, AgentReady: true, HangUp: RequestProgress.None }
            ? Happened(new AnswerIntended())
            : Refused("no agent is ready, or it is already being answered or hung up"),
        CallCommand.AcceptAnswer c => state.AnswerAttempts > 0 ? AnswerAccepted(state, c) : Nothing,
        CallCommand.FailAnswer c => state.Phase is CallPhase.Connected
            ? Nothing
            : HappenedAndRefused(state, new AnswerFailed(c.Detail), HangUpReason.Normal),
        CallCommand.Connect c => state.Phase is CallPhase.Connected ? Nothing : Happened(new Connected(c.AnsweredAt)),
        CallCommand.StartAudio c => AlreadyHeard(state, c.Direction) ? Nothing : Happened(new AudioStarted(c.Direction)),
        CallCommand.FailMedia c => state.MediaOpen ? AudioLost(state, c) : Nothing,
        CallCommand.HangUp c => IsHangingUp(state) ? Nothing : Happened(new HangUpIntended(c.Reason, c.Actor)),
        CallCommand.AcceptHangUp => IsWanted(state) ? Happened(new HangUpAccepted()) : Nothing,
        CallCommand.FailHangUp c => IsWanted(state) ? Happened(new HangUpFailed(c.Detail)) : Nothing,
        CallCommand.Hold => state.OnHold ? Nothing : Happened(new Held()),
        CallCommand.Resume => state.OnHold ? Happened(new Resumed()) : Nothing,
        CallCommand.Transfer c => Happened(new Transferred(c.Target)),
        CallCommand.ReceiveDigit c => Happened(new DigitReceived(c.Digit, c.Duration)),
        CallCommand.End c => Happened(new Ended(c.Reason, c.Talked)),
        CallCommand.Reconcile c => new CallDecision([.. Reconcile(state, c.Upstream)], null),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No rule for this command."),
    };

    private static CallDecision NumberFound(CallState state, CallCommand.Route command)
    {
        if (state.Tenant is not null) return Nothing;
        return command.Registration is { } found
            ? Happened(new NumberResolved(found.Tenant, found.Agent, found.AgentTimeout))
            : HappenedAndRefused(state, new NumberUnknown(), HangUpReason.Rejected);
    }

    private static CallDecision AnswerAccepted(CallState state, CallCommand.AcceptAnswer command)
    {
        var events = new List<CallEvent>();
        if (state.Answer is not RequestProgress.Accepted) events.Add(new AnswerAccepted());
        if (command.Connected && state.Phase is not CallPhase.Connected) events.Add(new Connected(command.AnsweredAt));
        return new CallDecision(events, null);
    }

    /// <summary>
    /// A ringing phone gets a new room, a few times; a call that we answered cannot be renegotiated (resolution C3), and
    /// without audio it is no call. A call that was answered elsewhere is none of ours to end.
    /// </summary>
    private static CallDecision AudioLost(CallState state, CallCommand.FailMedia command)
    {
        var failed = new MediaFailed(command.Detail);
        if (state.Phase is CallPhase.Ringing)
            return state.MediaFailures + 1 < MostAttempts ? Happened(failed) : HappenedAndRefused(state, failed, HangUpReason.Busy);
        return state.AnswerAttempts > 0 ? HappenedAndRefused(state, failed, HangUpReason.Normal) : Happened(failed);
    }

    private static IEnumerable<CallEvent> Reconcile(CallState state, UpstreamCall upstream)
    {
        yield return new Reconciled(upstream.Known ? upstream.State : "not found");
        if (!upstream.Known)
        {
            yield return new Ended(state.Transferred ? EndReason.Transfer : EndReason.Lost, TimeSpan.Zero);
            yield break;
        }
        if (upstream.Ended)
        {
            yield return new Ended(upstream.EndReason, upstream.Talked);
            yield break;
        }
        if (upstream.Connected)
        {
            if (state.Phase is not CallPhase.Connected) yield return new Connected(upstream.AnsweredAt);
            if (upstream.OnHold && !state.OnHold) yield return new Held();
            if (!upstream.OnHold && state.OnHold) yield return new Resumed();
        }
        else if (state is { Unanswered: true, AnswerAttempts: >= MostAttempts, HangUp: RequestProgress.None })
        {
            yield return new AnswerFailed("GoTo takes the answer again and again, and the phone still rings");
            yield return new HangUpIntended(HangUpReason.Normal, Cluster);
        }
        if (state.HangUp is RequestProgress.Accepted) yield return new HangUpFailed("GoTo took it and still has the call");
    }

    private const string Cluster = "cluster";

    private static bool IsHangingUp(CallState state) => state.HangUp is RequestProgress.Intended or RequestProgress.Accepted;

    /// <summary>A hang-up is to be done and not taken yet.</summary>
    private static bool IsWanted(CallState state) => state.HangUp is RequestProgress.Intended or RequestProgress.Failed;

    private static bool AlreadyHeard(CallState state, AudioDirection direction) =>
        direction is AudioDirection.FromCaller ? state.CallerHeard : state.AgentHeard;

    private static CallDecision Happened(CallEvent happened) => new([happened], null);

    /// <summary>The cluster itself gives the call up, unless a hang-up is on its way already.</summary>
    private static CallDecision HappenedAndRefused(CallState state, CallEvent happened, HangUpReason reason) =>
        new(IsHangingUp(state) ? [happened] : [happened, new HangUpIntended(reason, Cluster)], null);

    private static CallDecision Refused(string why) => new([], why);
}
