namespace GoTo.Calls;

/// <summary>A call as it stands now.</summary>
[GenerateSerializer, Immutable, Alias("call.snapshot")]
public sealed record CallSnapshot
{
    /// <summary>Which call.</summary>
    [Id(0)] public required CallKey Key { get; init; }

    /// <summary>The version of the newest journal entry that this snapshot contains.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>How far the call has come.</summary>
    [Id(2)] public required CallPhase Phase { get; init; }

    /// <summary>Who placed the call.</summary>
    [Id(3)] public required CallDirection Direction { get; init; }

    /// <summary>The remote party's number; empty when withheld.</summary>
    [Id(4)] public required string From { get; init; }

    /// <summary>The number that was called.</summary>
    [Id(5)] public required string To { get; init; }

    /// <summary>The GoTo line.</summary>
    [Id(6)] public required string LineId { get; init; }

    /// <summary>Whose number was called; null until the registry was asked.</summary>
    [Id(7)] public string? Tenant { get; init; }

    /// <summary>The agent name dispatched to the room; null until the registry was asked.</summary>
    [Id(8)] public string? Agent { get; init; }

    /// <summary>The LiveKit room; null until joined.</summary>
    [Id(9)] public string? Room { get; init; }

    /// <summary>Whether the call is on hold.</summary>
    [Id(10)] public bool OnHold { get; init; }

    /// <summary>When the call began to ring.</summary>
    [Id(11)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was answered; null if it never was.</summary>
    [Id(12)] public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When it ended; null while it lives.</summary>
    [Id(13)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended; null while it lives.</summary>
    [Id(14)] public EndReason? EndReason { get; init; }

    /// <summary>Audio has passed from the phone to the agent.</summary>
    [Id(15)] public bool CallerHeard { get; init; }

    /// <summary>Audio has passed from the agent to the phone.</summary>
    [Id(16)] public bool AgentHeard { get; init; }

    /// <summary>Who put it on hold; null when it is not.</summary>
    [Id(17)] public HoldOrigin? HeldBy { get; init; }

    /// <summary>Whether the agent's audio is stopped. Outlives hold and resume.</summary>
    [Id(18)] public bool Muted { get; init; }

    /// <summary>Where GoTo transferred it to, as a dial string; null when it did not.</summary>
    [Id(19)] public string? TransferTarget { get; init; }

    /// <summary>
    /// The transfer or conference that works with the call, by its key; null when none does. A warm transfer has the caller's
    /// call while it lasts, and its consult call from the dial to the end.
    /// </summary>
    [Id(20)] public string? ClaimedBy { get; init; }

    /// <summary>The call's state in one word, as GoTo's wire has it.</summary>
    public WireState WireState => this switch
    {
        { Phase: CallPhase.Connected, TransferTarget: not null } => WireState.Transferred,
        { Phase: CallPhase.Connected, OnHold: true } => WireState.Held,
        { Phase: CallPhase.Connected, Muted: true } => WireState.Muted,
        { Phase: CallPhase.Connected } => WireState.Connected,
        { Phase: CallPhase.Dialing } => WireState.Dialing,
        { Phase: CallPhase.Ringing } => WireState.Ringing,
        { Phase: CallPhase.Offering } => WireState.Offering,
        { Phase: CallPhase.Ended } => WireState.Ended,
        _ => WireState.Initial,
    };
}
