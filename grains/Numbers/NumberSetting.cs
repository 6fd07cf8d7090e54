namespace GoTo.Numbers;

/// <summary>One number of <see cref="NumberSettings.Numbers"/>; each setting as in <see cref="NumberRegistration"/>.</summary>
public sealed class NumberSetting
{
    /// <summary>The number in E.164 form, as in <c>+15559876543</c>.</summary>
    public string Number { get; set; } = "";

    /// <summary>Whose number it is.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The LiveKit agent name to dispatch.</summary>
    public string Agent { get; set; } = "";

    /// <summary>The agents that are asked next when that one does not come.</summary>
    public IList<string> NextAgents { get; init; } = [];

    /// <summary>How long the phone may ring while an agent gets ready. 10 s unless set.</summary>
    public TimeSpan AgentTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The GoTo line that the number rings on.</summary>
    public string? LineId { get; set; }

    /// <summary>What the agent is to say first.</summary>
    public string? Greeting { get; set; }

    /// <summary>The language that the agent is to speak.</summary>
    public string? Language { get; set; }

    /// <summary>The dial string of where calls go that no agent takes. Busy unless set.</summary>
    public string? Fallback { get; set; }

    /// <summary>How many calls the number may have at once. No limit of its own unless set.</summary>
    public int? ConcurrentCalls { get; set; }

    /// <summary>The name of a call's room. <c>call-{call}</c> unless set.</summary>
    public string RoomName { get; set; } = NumberRegistration.DefaultRoomName;

    /// <summary>What else the agent is to know.</summary>
    public IDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>What else a call's room is like.</summary>
    public RoomPolicy Room { get; init; } = new();

    /// <summary>The announcement that a caller hears while the agent gets ready. Unless set the phone rings.</summary>
    public string? EarlyGreeting { get; set; }

    /// <summary>What becomes of a call whose agent leaves.</summary>
    public AgentLossPolicy AgentLoss { get; init; } = new();

    internal NumberRegistration Registration => new(Tenant, Agent)
    {
        NextAgents = [.. NextAgents], AgentTimeout = AgentTimeout, LineId = LineId, Greeting = Greeting, Language = Language,
        Fallback = Fallback, ConcurrentCalls = ConcurrentCalls, RoomName = RoomName,
        Metadata = new Dictionary<string, string>(Metadata), Room = Room, EarlyGreeting = EarlyGreeting, AgentLoss = AgentLoss,
    };

    internal IEnumerable<string> Validate(string prefix)
    {
        if (!PhoneNumber.TryParse(Number, out _)) yield return $"{prefix}:Number is not in E.164 form; write it as +15559876543.";
        foreach (var problem in RegistrationRules.Problems(Registration)) yield return $"{prefix}:{problem}";
    }
}
