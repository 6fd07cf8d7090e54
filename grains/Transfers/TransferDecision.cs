using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>
/// The rules of a warm transfer: a state and a command give events, or a refusal. Pure. The caller always has one owner:
/// the agent (in conversation, or on hold while this transfer lives), or, once GoTo has connected them, the target. A
/// command that changes nothing gives no events: repeats are harmless.
/// </summary>
internal sealed record TransferDecision(IReadOnlyList<TransferEvent> Events, string? Refusal)
{
    /// <summary>How often GoTo is asked to connect the two when its answer stays in doubt.</summary>
    private const int MostAttempts = 3;

    private const string Cluster = "cluster";

    private static readonly TransferDecision Nothing = new([], null);

    public static TransferDecision Decide(TransferState state, TransferCommand command) => command switch
    {
        TransferCommand.Begin c => state.Phase is TransferPhase.Initial
            ? Happened(new TransferRequested(c.Request, c.Tenant, c.Actor))
            : Nothing,
        _ when state.Phase is TransferPhase.Initial => Refused("nobody has asked for it"),
        TransferCommand.Cancel or TransferCommand.Decline or TransferCommand.Complete
            when state.Phase is TransferPhase.Ended => Refused("it is over"),
        _ when state.Phase is TransferPhase.Ended => Nothing,

        TransferCommand.Complete c => BriefingOver(state, c.Actor),
        TransferCommand.Cancel c => CalledOff(state, TransferResult.Cancelled, "a service called it off", c.Actor),
        TransferCommand.Decline { Reason: DeclineReason.Voicemail } c =>
            CalledOff(state, TransferResult.Voicemail, "a voicemail answered", c.Actor),
        TransferCommand.Decline c => CalledOff(state, TransferResult.Declined, "the target does not take the caller", c.Actor),

        TransferCommand.ClaimCaller => state switch
        {
            { Phase: TransferPhase.Requested } => Happened(new CallerClaimed()),
            _ => Nothing,
        },
        TransferCommand.RefuseClaim c => state.Phase is TransferPhase.Requested
            ? GivenUp(state, TransferResult.Refused, c.Detail)
            : Nothing,
        TransferCommand.HoldCaller => HoldKnown(state, new CallerHeld()),
        TransferCommand.FailHold c => HoldKnown(state, new HoldFailed(c.Detail)),
        TransferCommand.PlaceConsult c => state is { ConsultMayLive: true, Consult: null }
            ? Happened(new ConsultPlaced(c.Consult))
            : Nothing,
        TransferCommand.FailConsult c => state is { ConsultMayLive: true, Consult: null }
            ? GivenUp(state, c.Result, c.Detail, new ConsultEnded(null))
            : Nothing,
        TransferCommand.SeeCaller c => CallerSeen(state, c.Call),
        TransferCommand.SeeConsult c => ConsultSeen(state, c.Call),
        TransferCommand.EndAnnouncement => state.Phase is TransferPhase.Briefing ? BriefingOver(state, Cluster) : Nothing,
        TransferCommand.FailAnnouncement c => state.Phase is TransferPhase.Briefing
            ? GivenUp(state, TransferResult.AnnouncementFailed, c.Detail)
            : Nothing,
        TransferCommand.AcceptCompletion => CompletionKnown(state, new CompletionAccepted()),
        TransferCommand.RefuseCompletion c => CompletionKnown(state, new CompletionRefused(c.Detail)),
        TransferCommand.DoubtCompletion c => state.Phase is TransferPhase.Completing
            ? Happened(new CompletionUncertain(c.Detail))
            : Nothing,
        TransferCommand.SeeBoth c => BothSeen(state, c.Caller, c.Consult),
        TransferCommand.Tick c => c.Now >= state.Deadline ? TooLate(state) : Nothing,
        TransferCommand.DropConsult => Undone(state, state is { ConsultMayLive: true, ConsultDropped: false } ? new ConsultDropped() : null),
        TransferCommand.ResumeCaller => Undone(state, state.CallerMayWait ? new CallerResumed() : null),
        TransferCommand.ReleaseCaller => Undone(state, state.CallerMayBeClaimed ? new CallerReleased() : null),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No rule for this command."),
    };

    private static TransferDecision HoldKnown(TransferState state, TransferEvent happened)
    {
        if (state.HoldSettled || !state.CallerMayWait) return Nothing;
        if (state.Phase is TransferPhase.Undoing) return Happened(happened);
        return happened is HoldFailed failed
            ? GivenUp(state, TransferResult.HoldFailed, failed.Detail, failed)
            : new TransferDecision([happened, new ConsultIntended()], null);
    }

    private static TransferDecision BriefingOver(TransferState state, string actor) => state.Phase switch
    {
        TransferPhase.Briefing => new TransferDecision([new BriefingEnded(actor), new CompletionIntended()], null),
        TransferPhase.Completing => Nothing,
        TransferPhase.Undoing => Refused($"it is being undone: {state.Detail}"),
        _ => Refused("the target has not answered yet"),
    };

    private static TransferDecision CalledOff(TransferState state, TransferResult result, string detail, string actor) =>
        state.Phase switch
        {
            TransferPhase.Completing => Refused("GoTo is connecting the two already"),
            TransferPhase.Undoing => Nothing,
            _ => GivenUp(state, result, detail, actor: actor),
        };

    private static TransferDecision CallerSeen(TransferState state, CallSight caller)
    {
        if (caller.End is { } reason) return CallerOver(state, reason);
        if (caller.AgentGone && !state.AgentGone) return AgentLost(state);
        return Nothing;
    }

    private static TransferDecision CallerOver(TransferState state, EndReason reason)
    {
        if (state.CallerEnd is not null) return Nothing;
        var ended = new CallerEnded(reason);
        return state.Phase switch
        {
            TransferPhase.Undoing => IsLate(state, reason) ? Completed(ended) : Undone(state, ended),
            // Gone in the middle of it: if GoTo does not say by what, the other call does.
            TransferPhase.Completing when reason is EndReason.Transfer =>
                Completed(ended),
            TransferPhase.Completing => new TransferDecision([ended, new CompletionUncertain($"the caller's call ended: {reason}")], null),
            _ => GivenUp(state, TransferResult.CallerGone, $"the caller's call ended: {reason}", ended),
        };
    }

    /// <summary>With no agent to brief anybody the target is the only one who can take the caller.</summary>
    private static TransferDecision AgentLost(TransferState state) =>
        state is { Phase: TransferPhase.Briefing, Request.Announcement: null }
            ? new TransferDecision([new AgentGone(), new BriefingEnded(Cluster), new CompletionIntended()], null)
            : Happened(new AgentGone());

    private static TransferDecision ConsultSeen(TransferState state, CallSight consult)
    {
        if (!state.ConsultMayLive) return Nothing;
        if (consult.End is { } reason) return ConsultOver(state, reason);
        if (state.Phase is not TransferPhase.Ringing || !consult.Connected) return Nothing;
        return new TransferDecision(
            state is { AgentGone: true, Request.Announcement: null }
                ? [new ConsultConnected(), new BriefingEnded(Cluster), new CompletionIntended()]
                : [new ConsultConnected()],
            null);
    }

    private static TransferDecision ConsultOver(TransferState state, EndReason reason)
    {
        var ended = new ConsultEnded(reason);
        return state.Phase switch
        {
            TransferPhase.Undoing => IsLate(state, reason) ? Completed(ended) : Undone(state, ended),
            // GoTo decides which came first, the end or the transfer: the caller's call tells.
            TransferPhase.Completing => Happened(ended),
            TransferPhase.Briefing => GivenUp(state, TransferResult.TargetHungUp, $"the consult call ended: {reason}", ended),
            _ => GivenUp(state, Unanswered(reason), $"the consult call ended unanswered: {reason}", ended),
        };
    }

    private static TransferResult Unanswered(EndReason reason) => reason switch
    {
        EndReason.Busy => TransferResult.Busy,
        EndReason.NoAnswer or EndReason.Timeout => TransferResult.NoAnswer,
        EndReason.Rejected => TransferResult.Rejected,
        EndReason.RemoteHangUp => TransferResult.TargetHungUp,
        _ => TransferResult.Unreachable,
    };

    private static TransferDecision CompletionKnown(TransferState state, TransferEvent happened) =>
        state is { Phase: TransferPhase.Completing, Completion: CompletionProgress.Intended } ? Happened(happened) : Nothing;

    /// <summary>
    /// What became of a completion in doubt. The caller's call decides; a caller whose end nobody can explain went where
    /// the consult went.
    /// </summary>
    private static TransferDecision BothSeen(TransferState state, CallSight caller, CallSight consult)
    {
        if (state.Phase is not TransferPhase.Completing) return Nothing;
        var end = state.CallerEnd ?? caller.End;
        if (caller.Leaving || end is EndReason.Transfer || (end is EndReason.Lost or EndReason.Unknown && IsTransferred(consult)))
            return Completed();
        if (end is { } reason)
        {
            return GivenUp(
                state, TransferResult.CallerGone, $"the caller's call ended: {reason}",
                [.. state.CallerEnd is null ? new TransferEvent[] { new CallerEnded(reason) } : [], .. Over(state, consult)]);
        }
        if (consult.End is { } over)
            return GivenUp(state, TransferResult.TargetHungUp, $"the consult call ended: {over}", [.. Over(state, consult)]);
        // GoTo is in the middle of it; looked at again in a moment.
        if (consult.Leaving) return Nothing;
        return state.Completion is not CompletionProgress.Refused && state.CompletionAttempts < MostAttempts
            ? Happened(new CompletionIntended())
            : GivenUp(state, TransferResult.CompletionFailed, state.Detail ?? "GoTo takes it again and again, and nothing comes of it");
    }

    private static bool IsTransferred(CallSight call) => call.Leaving || call.End is EndReason.Transfer or EndReason.Lost;

    private static IEnumerable<TransferEvent> Over(TransferState state, CallSight consult) =>
        state.ConsultMayLive && consult.End is { } reason ? [new ConsultEnded(reason)] : [];

    private static TransferDecision TooLate(TransferState state) => state.Phase switch
    {
        TransferPhase.Holding => GivenUp(state, TransferResult.HoldFailed, "the caller could not be put on hold in time"),
        TransferPhase.Dialing or TransferPhase.Ringing =>
            GivenUp(state, TransferResult.NoAnswer, "the target did not answer in time"),
        TransferPhase.Briefing => GivenUp(state, TransferResult.BriefingTimedOut, "the briefing did not end in time"),
        TransferPhase.Completing => Happened(new CompletionUncertain("GoTo took it, and the caller's call is still here")),
        _ => Nothing,
    };

    private static TransferDecision GivenUp(
        TransferState state, TransferResult result, string detail, params IReadOnlyList<TransferEvent> because) =>
        GivenUp(state, result, detail, Cluster, because);

    private static TransferDecision GivenUp(
        TransferState state, TransferResult result, string detail, string actor, params IReadOnlyList<TransferEvent> because)
    {
        if (state.Phase is TransferPhase.Undoing) return Ended(state, [.. because]);
        return Ended(state, [.. because, new TransferGivenUp(result, detail, actor)]);
    }

    private static TransferDecision Undone(TransferState state, TransferEvent? happened) =>
        happened is null || state.Phase is not TransferPhase.Undoing ? Nothing : Ended(state, [happened]);

    /// <summary>The end follows as soon as nothing is left to undo.</summary>
    private static TransferDecision Ended(TransferState state, IReadOnlyList<TransferEvent> events)
    {
        var after = events.Aggregate(state, (s, e) => s.Apply(new TransferJournalEntry(s.Version + 1, default, e)));
        return new TransferDecision(
            after.IsUndone ? [.. events, new TransferEnded(after.Result!.Value)] : events, null);
    }

    /// <summary>A completion that was given up has come about after all.</summary>
    private static bool IsLate(TransferState state, EndReason reason) => reason is EndReason.Transfer && state.CompletionAttempts > 0;

    private static TransferDecision Completed(params IReadOnlyList<TransferEvent> because) =>
        new([.. because, new TransferEnded(TransferResult.Completed)], null);

    private static TransferDecision Happened(TransferEvent happened) => new([happened], null);

    private static TransferDecision Refused(string why) => new([], why);
}
