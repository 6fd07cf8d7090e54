namespace GoTo.Calls;

/// <summary>
/// The rules of a room, or of an agent's dispatch to it, that the room server does not take. What may pass is asked for again,
/// after pauses that grow, as long as the agent would be waited for; then, and at once where it is refused for good, the next
/// agent's turn comes (<see cref="GateRules"/>, <see cref="AgentRules"/>). Pure.
/// </summary>
internal static class DispatchRules
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    /// <summary>Whether what was refused is asked for again.</summary>
    public static bool IsRepeated(CallState state, CallCommand.ShutGate command, DateTimeOffset now) =>
        command.MayPass && IsDue(state) && now + Ceiling(state.DispatchRefusals + 1) < Until(state);

    /// <summary>
    /// How long to wait before it is asked for again: half the ceiling to all of it, so that the calls that were refused
    /// together do not come back together. The chance is the call's own, seeded by when it began: a journal that is replayed
    /// waits as it did.
    /// </summary>
    public static TimeSpan Pause(CallState state)
    {
        if (state.DispatchRefusals == 0) return TimeSpan.Zero;
        var chance = new Random(unchecked((int)state.CreatedAt.Ticks + state.DispatchRefusals));
        return Ceiling(state.DispatchRefusals) * (0.5 + chance.NextDouble() / 2);
    }

    private static TimeSpan Ceiling(int refusals)
    {
        var doubled = FirstPause * Math.Pow(2, Math.Min(refusals, 10) - 1);
        return doubled < LongestPause ? doubled : LongestPause;
    }

    /// <summary>A room or a dispatch is what the call still needs.</summary>
    private static bool IsDue(CallState state) => state is { HangUp: RequestProgress.None }
        && (!state.MediaOpen || state.DispatchDue)
        && (state.LacksAgent || state.IsGreeting || state is { MayAnswer: true, GateOpen: false });

    private static DateTimeOffset? Until(CallState state) =>
        (state.LacksAgent ? state.AgentSoughtAt : state.AgentAskedAt) + (state.Registration?.AgentTimeout ?? AgentRules.LongestArrival);
}
