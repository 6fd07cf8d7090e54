namespace GoTo.Numbers;

/// <summary>
/// What a call to a number means (specification section 7.2). What is allowed in it is checked when it is registered:
/// <see cref="InvalidRegistrationException"/> names every fault. A call that we place, and that shows the number
/// (<see cref="Calls.DialRequest.CallerId"/>), gets its room, its agent's metadata and whoever takes a lost agent's place from
/// here, too; its agent is the dial's.
/// </summary>
/// <param name="Tenant">Whose number it is: 1 to 64 letters, digits, dots, hyphens, underscores.</param>
/// <param name="Agent">The LiveKit agent name that is dispatched to the call's room.</param>
[GenerateSerializer, Immutable, Alias("number.registration")]
public sealed record NumberRegistration(string Tenant, string Agent)
{
    /// <summary>The room name when none is set.</summary>
    public const string DefaultRoomName = "call-{call}";

    /// <summary>
    /// The answer gate: how long the phone may ring while one agent gets ready. Then the next agent is asked, and after
    /// the last one the <see cref="Fallback"/> counts. 10 s unless set; at most 2 min.
    /// </summary>
    [Id(0)] public TimeSpan AgentTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The agents that are asked when <see cref="Agent"/> does not come, in this order; at most 8.</summary>
    [Id(1)] public IReadOnlyList<string> NextAgents { get; init; } = [];

    /// <summary>The GoTo line that the number rings on; null when that does not matter.</summary>
    [Id(2)] public string? LineId { get; init; }

    /// <summary>What the agent is to say first to whoever calls; handed to it with the dispatch. At most 1,000 characters.</summary>
    [Id(3)] public string? Greeting { get; init; }

    /// <summary>The language that the agent is to speak, as a BCP 47 tag such as <c>de-AT</c>; handed to it with the dispatch.</summary>
    [Id(4)] public string? Language { get; init; }

    /// <summary>
    /// Where a call goes that no agent takes: a dial string such as <c>ext:1001</c>, <c>tel:+15551234567</c> or
    /// <c>voicemail:1001</c>. Null: the phone hears busy.
    /// </summary>
    [Id(5)] public string? Fallback { get; init; }

    /// <summary>How many calls the number may have at once. Null: as many as its tenant may.</summary>
    [Id(6)] public int? ConcurrentCalls { get; init; }

    /// <summary>
    /// The name of a call's LiveKit room, with <c>{call}</c>, and <c>{tenant}</c>, <c>{agent}</c> if wanted. Every call
    /// needs a room of its own, so <c>{call}</c> must be in it.
    /// </summary>
    [Id(7)] public string RoomName { get; init; } = DefaultRoomName;

    /// <summary>What else the agent is to know, handed to it with the dispatch: at most 32 entries and 4 kB.</summary>
    [Id(8)] public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>What else a call's room is like.</summary>
    [Id(9)] public RoomPolicy Room { get; init; } = new();

    /// <summary>
    /// The announcement (a file of the silo's <c>GoTo:Media:Announcements</c>, by its name) that a caller hears while the
    /// agent gets ready. With it the phone is answered at once, not when the agent is there: a call costs from then on. Null: the
    /// phone rings until the agent is there.
    /// </summary>
    [Id(10)] public string? EarlyGreeting { get; init; }

    /// <summary>What becomes of a call whose agent leaves.</summary>
    [Id(11)] public AgentLossPolicy AgentLoss { get; init; } = new();

    /// <summary>All agents, in the order in which they are asked.</summary>
    public IEnumerable<string> Agents => NextAgents.Prepend(Agent);

    /// <summary>Two registrations are equal when they say the same, lists and metadata included.</summary>
    public bool Equals(NumberRegistration? other) => other is not null
        && (Tenant, Agent, AgentTimeout, LineId, Greeting, Language, Fallback)
            == (other.Tenant, other.Agent, other.AgentTimeout, other.LineId, other.Greeting, other.Language, other.Fallback)
        && (ConcurrentCalls, RoomName, Room, EarlyGreeting, AgentLoss)
            == (other.ConcurrentCalls, other.RoomName, other.Room, other.EarlyGreeting, other.AgentLoss)
        && NextAgents.SequenceEqual(other.NextAgents)
        && Metadata.Count == other.Metadata.Count && Metadata.All(other.Metadata.Contains);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Tenant, Agent, LineId);
}
