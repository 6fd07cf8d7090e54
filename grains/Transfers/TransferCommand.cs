using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>
/// What is asked of a transfer, seen of its two calls, or reported by an effect. <see cref="TransferDecision"/> turns it
/// into events.
/// </summary>
internal abstract record TransferCommand
{
    /// <summary>A service wants the transfer.</summary>
    public sealed record Begin(WarmTransferRequest Request, string? Tenant, string Actor) : TransferCommand;

    /// <summary>The briefing is over: the caller may go to the target.</summary>
    public sealed record Complete(string Actor) : TransferCommand;

    /// <summary>A service calls it off.</summary>
    public sealed record Cancel(string Actor) : TransferCommand;

    /// <summary>The target does not take the caller.</summary>
    public sealed record Decline(DeclineReason Reason, string Actor) : TransferCommand;

    /// <summary>The caller's call has agreed.</summary>
    public sealed record ClaimCaller : TransferCommand;

    /// <summary>The caller's call does not agree.</summary>
    public sealed record RefuseClaim(string Detail) : TransferCommand;

    /// <summary>The hold has come about.</summary>
    public sealed record HoldCaller : TransferCommand;

    /// <summary>The hold has not come about.</summary>
    public sealed record FailHold(string Detail) : TransferCommand;

    /// <summary>The consult call exists.</summary>
    public sealed record PlaceConsult(CallKey Consult) : TransferCommand;

    /// <summary>The consult call was not placed, and will not be.</summary>
    public sealed record FailConsult(TransferResult Result, string Detail) : TransferCommand;

    /// <summary>How the caller's call stands.</summary>
    public sealed record SeeCaller(CallSight Call) : TransferCommand;

    /// <summary>How the consult call stands.</summary>
    public sealed record SeeConsult(CallSight Call) : TransferCommand;

    /// <summary>The announcement was played to its end.</summary>
    public sealed record EndAnnouncement : TransferCommand;

    /// <summary>The announcement could not be played.</summary>
    public sealed record FailAnnouncement(string Detail) : TransferCommand;

    /// <summary>GoTo took the completion.</summary>
    public sealed record AcceptCompletion : TransferCommand;

    /// <summary>GoTo did not take the completion.</summary>
    public sealed record RefuseCompletion(string Detail) : TransferCommand;

    /// <summary>Nobody knows whether GoTo took the completion.</summary>
    public sealed record DoubtCompletion(string Detail) : TransferCommand;

    /// <summary>How both calls stand at GoTo, looked up because the completion is in doubt.</summary>
    public sealed record SeeBoth(CallSight Caller, CallSight Consult) : TransferCommand;

    /// <summary>It is this late.</summary>
    public sealed record Tick(DateTimeOffset Now) : TransferCommand;

    /// <summary>The consult call is certain to be hung up.</summary>
    public sealed record DropConsult : TransferCommand;

    /// <summary>The caller is off hold.</summary>
    public sealed record ResumeCaller : TransferCommand;

    /// <summary>The caller's call is free again, or over.</summary>
    public sealed record ReleaseCaller : TransferCommand;
}

/// <summary>One of the two calls as the transfer sees it.</summary>
/// <param name="Connected">Answered, and not over.</param>
/// <param name="Leaving">GoTo has passed it on; its end is due.</param>
/// <param name="End">Why it is over; null while it lives.</param>
/// <param name="AgentGone">Its agent has left the room.</param>
internal sealed record CallSight(bool Connected, bool Leaving = false, EndReason? End = null, bool AgentGone = false);
