namespace GoTo.Numbers;

/// <summary>
/// What becomes of a number's call whose agent leaves while it goes on: the caller waits a while for it to come back, then
/// an agent is dispatched again, first one of the same name, then the next ones, each with the number's
/// <see cref="NumberRegistration.AgentTimeout"/>. When none comes the call is passed on to the number's
/// <see cref="NumberRegistration.Fallback"/>, or hung up.
/// </summary>
[GenerateSerializer, Immutable, Alias("number.agent-loss-policy")]
public sealed record AgentLossPolicy
{
    /// <summary>How long the agent may take to come back by itself: zero to 2 min. 5 s unless set.</summary>
    [Id(0)] public TimeSpan ReturnTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether agents are dispatched in its place. They are unless set.</summary>
    [Id(1)] public bool Redispatch { get; init; } = true;

    /// <summary>
    /// The announcement (a file of the silo's <c>GoTo:Media:Announcements</c>, by its name) that the caller hears over and
    /// over meanwhile. Silence unless set.
    /// </summary>
    [Id(2)] public string? Announcement { get; init; }
}
