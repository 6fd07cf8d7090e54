namespace GoTo.Calls;

/// <summary>
/// The rules of the answer gate: whose number it is, which agent comes, and what becomes of a caller whom no agent takes.
/// Pure.
/// </summary>
internal static class GateRules
{
    /// <summary>The command that passes a caller on whom no agent takes. No service can have this id.</summary>
    public static readonly CommandId FallbackId = new($"{OperationRules.OwnIds}fallback");

    public static CallDecision Route(CallState state, CallCommand.Route command)
    {
        if (state.Tenant is not null || state.FallbackTarget is not null) return CallDecision.Nothing;
        return command switch
        {
            { Registration: null } => NotTaken(state, new NumberUnknown(), command.UnknownNumbers, HangUpReason.Rejected),
            { Registration: var found, Exceeded: { } quota } =>
                NotTaken(state, new QuotaExceeded(found.Tenant, quota), found.Fallback, HangUpReason.Busy),
            { Registration: var found } =>
                CallDecision.Happened(new NumberResolved(found.Tenant, found.Agent, found.AgentTimeout) { Registration = found }),
        };
    }

    /// <summary>No agent within its time, or no room: the next agent, else the number's fallback, else the phone hears busy.</summary>
    public static CallDecision Shut(CallState state, CallCommand.ShutGate command)
    {
        var missing = new AgentMissing(command.Detail);
        if (state.IsGreeting) return NobodyGreets(state, missing);
        if (state.GateOpen) return CallDecision.Nothing;
        return state switch
        {
            { Phase: CallPhase.Dialing } or { Phase: CallPhase.Connected, MayAnswer: true } => CallDecision.HappenedAndRefused(state, missing, HangUpReason.Normal),
            { Phase: not CallPhase.Ringing } => CallDecision.Nothing,
            { NextAgent: not null, IsHangingUp: false } => CallDecision.Happened(missing),
            _ => NotTaken(state, missing, state.Registration?.Fallback, HangUpReason.Busy),
        };
    }

    /// <summary>The caller has heard the greeting, and nobody comes: the same, but that the phone is answered already.</summary>
    private static CallDecision NobodyGreets(CallState state, AgentMissing missing) => state switch
    {
        { IsHangingUp: true } => CallDecision.Nothing,
        { NextAgent: not null } => CallDecision.Happened(missing),
        { Registration.Fallback: { } fallback } =>
            new CallDecision([missing, new FallbackIntended(fallback), PassOn(fallback)], null),
        _ => CallDecision.HappenedAndRefused(state, missing, HangUpReason.Normal),
    };

    public static CommandAccepted PassOn(string target) => new(FallbackId, new CallOperation.BlindTransfer(target));

    /// <summary>An answered call that no agent took goes on to its fallback at once: what lies between is dead air.</summary>
    public static IEnumerable<CallEvent> AfterAnswer(CallState state) => state is { FallbackTarget: { } target, AnswerAttempts: > 0, IsHangingUp: false }
        ? [PassOn(target)]
        : [];

    /// <summary>A fallback that fails leaves nobody to talk to.</summary>
    public static bool LeavesNobody(IReadOnlyList<CallEvent> events) =>
        events.Any(e => e is CommandSettled { Outcome: { Result: CommandResult.Failed } outcome } && outcome.Id == FallbackId);

    private static CallDecision NotTaken(CallState state, CallEvent why, string? fallback, HangUpReason reason) => fallback is null || state.IsHangingUp
        ? CallDecision.HappenedAndRefused(state, why, reason)
        : new CallDecision([why, new FallbackIntended(fallback)], null);
}
