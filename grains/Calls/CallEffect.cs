namespace GoTo.Calls;

/// <summary>What the cluster has to do next for a call.</summary>
internal enum CallEffect
{
    /// <summary>Nothing: wait for events.</summary>
    None,

    /// <summary>Ask GoTo how the call stands, and whether its audio is still there. Asked for, not derived.</summary>
    Reconcile,

    /// <summary>Ask the registry about the called number.</summary>
    RouteNumber,

    /// <summary>Make the room with the agent dispatched to it, and join it.</summary>
    OpenRoom,

    /// <summary>Wait until the agent is in the room and audible.</summary>
    AwaitAgent,

    /// <summary>Answer the phone.</summary>
    Answer,

    /// <summary>Send another agent to the room of a talk whose agent has left.</summary>
    DispatchAgent,

    /// <summary>Send the request of the next open command.</summary>
    Operate,

    /// <summary>End the call at GoTo.</summary>
    HangUp,

    /// <summary>Let go of the call's audio.</summary>
    CloseMedia,

    /// <summary>Write the call's detail record and what was done to it.</summary>
    Record,
}

/// <summary>
/// Which effect a state asks for. Derived from the state alone, so a call that comes back after a crash goes on where
/// its journal stands.
/// </summary>
internal static class CallEffects
{
    /// <summary>How long GoTo may leave us waiting for its word before it is asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static CallEffect Next(CallState state) => state switch
    {
        { Phase: CallPhase.Initial } => CallEffect.None,
        { Phase: CallPhase.Ended, HoldsAudio: true } => CallEffect.CloseMedia,
        { Phase: CallPhase.Ended, Recorded: false } => CallEffect.Record,
        { Phase: CallPhase.Ended } => CallEffect.None,
        { HangUp: RequestProgress.Intended or RequestProgress.Failed } => CallEffect.HangUp,
        { HangUp: RequestProgress.Accepted } => CallEffect.None,
        // Somebody else answered the phone: the agent is not needed.
        { Phase: CallPhase.Connected, IsOurs: false, HoldsAudio: true } => CallEffect.CloseMedia,
        // No agent takes it: it is answered without a room, and passed on.
        { Phase: CallPhase.Ringing, FallbackTarget: not null, Answer: RequestProgress.None } => CallEffect.Answer,
        { Phase: CallPhase.Ringing, Tenant: null } => CallEffect.RouteNumber,
        { MayAnswer: true, MediaOpen: false } => CallEffect.OpenRoom,
        { MayAnswer: true, GateOpen: false } => CallEffect.AwaitAgent,
        { MayAnswer: true, Answer: RequestProgress.None } => CallEffect.Answer,
        { LacksAgent: true, DispatchDue: true } => CallEffect.DispatchAgent,
        { NextRequest: not null } => CallEffect.Operate,
        { IsGreeting: true } => CallEffect.AwaitAgent,
        _ => CallEffect.None,
    };

    /// <summary>When nothing is left to do but to wait for GoTo: how long, before it is asked how the call stands. Null: for ever.</summary>
    public static TimeSpan? AskAfter(CallState state) => state switch
    {
        { Phase: CallPhase.Initial or CallPhase.Ended } => null,
        { Phase: CallPhase.Offering } or { HangUp: RequestProgress.Accepted } or { IsLeaving: true } => Patience,
        _ => null,
    };
}
