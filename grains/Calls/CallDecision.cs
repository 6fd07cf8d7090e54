namespace GoTo.Calls;

/// <summary>
/// The rules of a call: a state and a command give events, or a refusal. Pure, so that every journal can be decided
/// again. A command that changes nothing gives no events: repeats are harmless.
/// </summary>
internal sealed record CallDecision(IReadOnlyList<CallEvent> Events, string? Refusal)
{
    private static readonly CallDecision Nothing = new([], null);

    public static CallDecision Decide(CallState state, CallCommand command) => command switch
    {
        CallCommand.Ring c => state.Phase is CallPhase.Initial
            ? Happened(new Rang(c.From, c.To, c.LineId, c.TraceParent))
            : Nothing,
        _ when state.Phase is CallPhase.Initial => Refused("no event of it has arrived yet"),
        CallCommand.HangUp when state.Phase is CallPhase.Ended => Refused("it is over"),
        CallCommand.JoinRoom c => Happened(new RoomJoined(c.Room, c.Participant)),
        CallCommand.FailMedia c => state.MediaOpen ? MediaFailed(state, c) : Nothing,
        _ when state.Phase is CallPhase.Ended => Nothing,

        CallCommand.Route { Registration: { } found } => state.Tenant is null
            ? Happened(new NumberResolved(found.Tenant, found.Agent, found.AgentTimeout))
            : Nothing,
        CallCommand.Route => Happened(new NumberUnknown(), Refuse(HangUpReason.Rejected)),
        CallCommand.OpenGate c => state.AgentReady ? Nothing : Happened(new AgentReady(c.AgentIdentity)),
        CallCommand.ShutGate c => Happened(new AgentMissing(c.Detail), Refuse(HangUpReason.Busy)),
        CallCommand.IntendAnswer => state.Phase is CallPhase.Ringing && state.HangUp is RequestProgress.None
            ? Happened(new AnswerIntended())
            : Refused("it is already being answered or hung up"),
        CallCommand.AcceptAnswer c => AnswerAccepted(state, c),
        CallCommand.FailAnswer c => Happened(new AnswerFailed(c.Detail), Refuse(HangUpReason.Normal)),
        CallCommand.Connect c => state.Phase is CallPhase.Connected ? Nothing : Happened(new Connected(c.AnsweredAt)),
        CallCommand.StartAudio c => AlreadyHeard(state, c.Direction) ? Nothing : Happened(new AudioStarted(c.Direction)),
        CallCommand.HangUp c => state.HangUp is RequestProgress.Intended or RequestProgress.Accepted
            ? Nothing
            : Happened(new HangUpIntended(c.Reason, c.Actor)),
        CallCommand.AcceptHangUp => state.HangUp is RequestProgress.Accepted ? Nothing : Happened(new HangUpAccepted()),
        CallCommand.FailHangUp c => Happened(new HangUpFailed(c.Detail)),
        CallCommand.Hold => state.OnHold ? Nothing : Happened(new Held()),
        CallCommand.Resume => state.OnHold ? Happened(new Resumed()) : Nothing,
        CallCommand.Transfer c => Happened(new Transferred(c.Target)),
        CallCommand.ReceiveDigit c => Happened(new DigitReceived(c.Digit, c.Duration)),
        CallCommand.End c => Happened(new Ended(c.Reason, c.Talked)),
        CallCommand.Reconcile c => Reconcile(state, c.Upstream),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No rule for this command."),
    };

    /// <summary>The cluster's own hang-up: it refuses or gives up the call.</summary>
    private static HangUpIntended Refuse(HangUpReason reason) => new(reason, Actor: "cluster");

    private static CallDecision AnswerAccepted(CallState state, CallCommand.AcceptAnswer command)
    {
        var events = new List<CallEvent>();
        if (state.Answer is not RequestProgress.Accepted) events.Add(new AnswerAccepted());
        if (command.Connected && state.Phase is not CallPhase.Connected) events.Add(new Connected(command.AnsweredAt));
        return new CallDecision(events, null);
    }

    /// <summary>
    /// A ringing phone gets a new room; a call that was answered cannot be renegotiated (resolution C3), and without
    /// audio it is no call: hang it up, unless that is on its way.
    /// </summary>
    private static CallDecision MediaFailed(CallState state, CallCommand.FailMedia command) =>
        state.Phase is CallPhase.Ringing or CallPhase.Ended || state.HangUp is not RequestProgress.None
            ? Happened(new MediaFailed(command.Detail))
            : Happened(new MediaFailed(command.Detail), Refuse(HangUpReason.Normal));

    private static CallDecision Reconcile(CallState state, UpstreamCall upstream)
    {
        if (!upstream.Known) return Happened(new Reconciled("not found"), new Ended(EndReason.Lost, TimeSpan.Zero));
        if (upstream.Ended) return Happened(new Reconciled(upstream.State), new Ended(upstream.EndReason, TimeSpan.Zero));
        if (upstream.Connected && state.Phase is not CallPhase.Connected)
            return Happened(new Reconciled(upstream.State), new Connected(upstream.AnsweredAt));
        return Happened(new Reconciled(upstream.State));
    }

    private static bool AlreadyHeard(CallState state, AudioDirection direction) =>
        direction is AudioDirection.FromCaller ? state.CallerHeard : state.AgentHeard;

    private static CallDecision Happened(params CallEvent[] events) => new(events, null);

    private static CallDecision Refused(string why) => new([], why);
}
