namespace GoTo.Calls;

/// <summary>
/// The rules of a talk whose agent leaves: the caller waits for it, then for others, and is passed on when none comes. What
/// the number's <see cref="Numbers.AgentLossPolicy"/> says is in the state, so each journal is decided again as it was. Pure.
/// </summary>
internal static class AgentRules
{
    /// <summary>An agent that leaves again and again is none: after so many times in a call no other is waited for.</summary>
    private const int MostLosses = 5;

    private static readonly Numbers.AgentLossPolicy Default = new();

    /// <summary>How long an agent is waited for where no number says so.</summary>
    public static readonly TimeSpan LongestArrival = TimeSpan.FromSeconds(10);

    // A timer may be a little early.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    /// <summary>No agent is heard in the call's room any more, or none is there when the call is answered.</summary>
    public static CallDecision Lost(CallState state, CallCommand.LoseAgent command) =>
        state is { Phase: CallPhase.Connected, IsOurs: true, MediaOpen: true, GivenRoom: null, Agent: not null, AgentLostAt: null, IsGreeting: false }
            ? CallDecision.Happened(new AgentLost(command.Detail))
            : CallDecision.Nothing;

    /// <summary>The wait for the agent is over.</summary>
    public static CallDecision NotThere(CallState state, DateTimeOffset now) =>
        Due(state) is { } due && now + Tolerance >= due ? Next(state, "it did not come") : CallDecision.Nothing;

    /// <summary>An agent could not be dispatched.</summary>
    public static CallDecision NotDispatched(CallState state, CallCommand.ShutGate command) =>
        state is { LacksAgent: true, DispatchDue: true } ? Next(state, command.Detail) : CallDecision.Nothing;

    public static CallDecision Dispatched(CallState state) =>
        state is { LacksAgent: true, DispatchDue: true } ? CallDecision.Happened(new AgentDispatched(state.Agent!)) : CallDecision.Nothing;

    /// <summary>Until when the call waits for an agent; null when it does not lack one.</summary>
    public static DateTimeOffset? Due(CallState state) => state switch
    {
        { LacksAgent: false } => null,
        { AgentsSought: 0, AgentLosses: <= MostLosses } => state.AgentLostAt + Policy(state).ReturnTimeout,
        { AgentsSought: 0 } => state.AgentLostAt,
        _ => state.AgentSoughtAt + (state.Registration?.AgentTimeout ?? LongestArrival),
    };

    private static CallDecision Next(CallState state, string why)
    {
        if (Candidate(state) is { } agent) return CallDecision.Happened(new AgentSought(agent, why));
        return state.Registration?.Fallback is { } fallback
            ? new CallDecision([new AgentMissing(why), new FallbackIntended(fallback), GateRules.PassOn(fallback)], null)
            : CallDecision.HappenedAndRefused(state, new AgentMissing(why), HangUpReason.Normal);
    }

    private static string? Candidate(CallState state)
    {
        if (!Policy(state).Redispatch || state.AgentLosses > MostLosses) return null;
        // The one that was there first, then the others; one that never came is not asked again.
        var agents = state.Registration?.Agents.ToList() ?? [state.Agent!];
        var lost = state.AgentsSought == 0 ? state.Agent! : state.LostAgent!;
        return agents.Where(agent => agent != lost).Prepend(lost).ElementAtOrDefault(state.AgentsSought);
    }

    private static Numbers.AgentLossPolicy Policy(CallState state) => state.Registration?.AgentLoss ?? Default;
}
