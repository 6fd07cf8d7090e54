namespace GoTo.Transfers;

/// <summary>How far a warm transfer has come (specification section 5.2.2, resolution C12).</summary>
public enum TransferPhase
{
    /// <summary>Nobody has asked for it.</summary>
    Initial,

    /// <summary>Asked for; the caller's call has not agreed yet.</summary>
    Requested,

    /// <summary>The caller is being put on hold.</summary>
    Holding,

    /// <summary>The consult call to the target is being placed.</summary>
    Dialing,

    /// <summary>The target's phone rings.</summary>
    Ringing,

    /// <summary>The target has answered and is told about the caller.</summary>
    Briefing,

    /// <summary>GoTo is asked to connect the caller with the target.</summary>
    Completing,

    /// <summary>It has failed or was called off: the consult is hung up, the caller goes back to the agent.</summary>
    Undoing,

    /// <summary>It is over. Nothing follows.</summary>
    Ended,
}

/// <summary>What came of a warm transfer.</summary>
public enum TransferResult
{
    /// <summary>The caller talks with the target; both calls have left us.</summary>
    Completed,

    /// <summary>The caller's call could not be transferred as it stood; nothing was done.</summary>
    Refused,

    /// <summary>The caller could not be put on hold.</summary>
    HoldFailed,

    /// <summary>The target was busy.</summary>
    Busy,

    /// <summary>The target did not answer in time.</summary>
    NoAnswer,

    /// <summary>The target rejected the call.</summary>
    Rejected,

    /// <summary>A voicemail answered in the target's place, and somebody said so by declining.</summary>
    Voicemail,

    /// <summary>The target could not be called: unknown, or a fault on the way.</summary>
    Unreachable,

    /// <summary>The target answered and does not take the caller.</summary>
    Declined,

    /// <summary>The target hung up before the transfer was complete.</summary>
    TargetHungUp,

    /// <summary>The caller's call ended before the transfer was complete.</summary>
    CallerGone,

    /// <summary>A service called it off.</summary>
    Cancelled,

    /// <summary>The briefing did not end in time.</summary>
    BriefingTimedOut,

    /// <summary>The announcement could not be played to the target.</summary>
    AnnouncementFailed,

    /// <summary>GoTo did not connect the two.</summary>
    CompletionFailed,
}

/// <summary>Why the target does not take the caller.</summary>
public enum DeclineReason
{
    /// <summary>The target said no.</summary>
    Refused,

    /// <summary>A voicemail answered in the target's place.</summary>
    Voicemail,
}
