using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>A warm transfer as the fold of its events. Pure: no clock, no I/O, no randomness.</summary>
internal sealed record TransferState
{
    /// <summary>How long the caller's call may take to be put on hold.</summary>
    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(15);

    /// <summary>How long the caller's call may take to end after GoTo took its transfer (resolution C9).</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    public long Version { get; init; }
    public TransferPhase Phase { get; init; }
    public WarmTransferRequest? Request { get; init; }

    /// <summary>Whose call it is.</summary>
    public string? Tenant { get; init; }

    /// <summary>The caller's call is or may be promised to this transfer; it is told when the transfer is over.</summary>
    public bool CallerMayBeClaimed { get; init; }

    /// <summary>The caller is or may be on hold because of this transfer.</summary>
    public bool CallerMayWait { get; init; }

    /// <summary>What came of the hold is known: undoing it cannot be overtaken by it.</summary>
    public bool HoldSettled { get; init; }

    /// <summary>Why the caller's call has left us; null while it has not.</summary>
    public EndReason? CallerEnd { get; init; }

    /// <summary>There is or may be a consult call because of this transfer.</summary>
    public bool ConsultMayLive { get; init; }

    /// <summary>The consult is being hung up; its end is due.</summary>
    public bool ConsultDropped { get; init; }

    public CallKey? Consult { get; init; }

    /// <summary>Nobody is left in the room to brief the target or to take the caller back.</summary>
    public bool AgentGone { get; init; }

    public CompletionProgress Completion { get; init; }

    /// <summary>How often GoTo was, or may have been, asked to connect the two.</summary>
    public int CompletionAttempts { get; init; }

    /// <summary>When the phase at hand has lasted too long; null when it may last.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>What comes, or came, of it; null while it can still be completed.</summary>
    public TransferResult? Result { get; init; }

    public string? Detail { get; init; }

    /// <summary>Folds one journal entry in. Total: every event is legal in every state, since it has happened.</summary>
    public TransferState Apply(TransferJournalEntry entry) => Apply(entry.Event, entry.At) with { Version = entry.Version };

    private TransferState Apply(TransferEvent happened, DateTimeOffset at) => happened switch
    {
        TransferRequested e => this with
        {
            Phase = TransferPhase.Requested, Request = e.Request, Tenant = e.Tenant, CallerMayBeClaimed = true,
        },
        CallerClaimed => this with
        {
            Phase = TransferPhase.Holding, CallerMayWait = true, Deadline = at + HoldLimit,
        },
        CallerHeld => this with { HoldSettled = true },
        HoldFailed => this with { HoldSettled = true },
        ConsultIntended => this with
        {
            Phase = TransferPhase.Dialing, ConsultMayLive = true, Deadline = at + Request!.AnswerLimit,
        },
        ConsultPlaced e => this with
        {
            Phase = Phase is TransferPhase.Dialing ? TransferPhase.Ringing : Phase, Consult = e.Consult,
        },
        ConsultConnected => this with { Phase = TransferPhase.Briefing, Deadline = at + Request!.BriefingLimit },
        Transfers.ConsultDropped => this with { ConsultDropped = true },
        ConsultEnded => this with { ConsultMayLive = false },
        Transfers.AgentGone => this with { AgentGone = true },
        CompletionIntended => this with
        {
            Phase = TransferPhase.Completing, Completion = CompletionProgress.Intended,
            CompletionAttempts = CompletionAttempts + 1, Deadline = null,
        },
        CompletionAccepted => this with { Completion = CompletionProgress.Accepted, Deadline = at + EndLimit },
        CompletionRefused e => this with { Completion = CompletionProgress.Refused, Detail = e.Detail },
        CompletionUncertain => this with { Completion = CompletionProgress.Uncertain, Deadline = null },
        CallerEnded e => this with { CallerEnd = e.Reason, CallerMayWait = false },
        TransferGivenUp e => this with
        {
            Phase = TransferPhase.Undoing, Result = e.Result, Detail = e.Detail, Deadline = null,
            CallerMayBeClaimed = CallerMayBeClaimed && e.Result is not TransferResult.Refused,
        },
        CallerResumed => this with { CallerMayWait = false },
        CallerReleased => this with { CallerMayBeClaimed = false },
        TransferEnded e => this with
        {
            Phase = TransferPhase.Ended, Result = e.Result, Deadline = null,
            Detail = e.Result is TransferResult.Completed ? null : Detail,
        },
        _ => this,
    };

    /// <summary>Nothing is left of what was done.</summary>
    public bool IsUndone => this is { CallerMayWait: false, ConsultMayLive: false, CallerMayBeClaimed: false };

    public TransferOutcome? Outcome =>
        Phase is TransferPhase.Ended ? new TransferOutcome(Result!.Value, Detail, Consult) : null;

    public TransferSnapshot ToSnapshot(TransferKey key) => new(key, Version, Phase, Request!, Consult, Outcome);
}

/// <summary>How far GoTo's connecting of the two has come. Intended is journaled before the request leaves.</summary>
internal enum CompletionProgress
{
    None,
    Intended,
    Accepted,
    Refused,
    Uncertain,
}
