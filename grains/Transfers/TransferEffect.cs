namespace GoTo.Transfers;

/// <summary>What the cluster has to do next for a transfer.</summary>
internal enum TransferEffect
{
    /// <summary>Nothing: wait for what becomes of the two calls.</summary>
    None,

    /// <summary>Ask the caller's call to agree.</summary>
    Claim,

    /// <summary>Put the caller on hold, and wait until that has come about or failed.</summary>
    Hold,

    /// <summary>Place the consult call, once, and learn its key.</summary>
    Dial,

    /// <summary>Play the announcement to the target.</summary>
    Announce,

    /// <summary>Ask GoTo to connect the two.</summary>
    Complete,

    /// <summary>Ask GoTo how both calls stand.</summary>
    AskGoTo,

    /// <summary>Hang up the consult call.</summary>
    HangUpConsult,

    /// <summary>Take the caller off hold.</summary>
    Resume,

    /// <summary>Free the caller's call for another transfer.</summary>
    Release,
}

/// <summary>
/// Which effect a state asks for. Derived from the state alone, so a transfer that comes back after a crash goes on
/// where its journal stands. Each effect may be done again: the calls know the ids of its commands.
/// </summary>
internal static class TransferEffects
{
    public static TransferEffect Next(TransferState state) => state switch
    {
        { Phase: TransferPhase.Requested } => TransferEffect.Claim,
        { Phase: TransferPhase.Holding } => TransferEffect.Hold,
        { Phase: TransferPhase.Dialing } => TransferEffect.Dial,
        { Phase: TransferPhase.Briefing, Request.Announcement: not null } => TransferEffect.Announce,
        { Phase: TransferPhase.Completing, Completion: CompletionProgress.Intended } => TransferEffect.Complete,
        { Phase: TransferPhase.Completing, Completion: CompletionProgress.Refused or CompletionProgress.Uncertain } =>
            TransferEffect.AskGoTo,
        // A consult that is known is hung up in no time; one that is only being placed must not keep the caller waiting.
        { Phase: TransferPhase.Undoing, ConsultMayLive: true, Consult: not null, ConsultDropped: false } => TransferEffect.HangUpConsult,
        { Phase: TransferPhase.Undoing, CallerMayWait: true, HoldSettled: false } => TransferEffect.Hold,
        { Phase: TransferPhase.Undoing, CallerMayWait: true } => TransferEffect.Resume,
        { Phase: TransferPhase.Undoing, ConsultMayLive: true, Consult: null } => TransferEffect.Dial,
        { Phase: TransferPhase.Undoing, ConsultMayLive: false, CallerMayBeClaimed: true } => TransferEffect.Release,
        _ => TransferEffect.None,
    };
}
