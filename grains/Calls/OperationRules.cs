namespace GoTo.Calls;

/// <summary>The rules of what services ask of a call: which operation is legal when, and what comes of it. Pure.</summary>
internal static class OperationRules
{
    /// <summary>How the ids of the cluster's own commands begin; services cannot have such ids.</summary>
    public const string OwnIds = "cluster:";

    /// <summary>How many commands of a call may be open at once.</summary>
    public const int MostOpen = 32;

    /// <summary>How often a request whose arrival is in doubt is sent.</summary>
    private const int MostAttempts = 3;

    public static CallDecision Operate(CallState state, CallCommand.Operate command)
    {
        if (command.Id.ToString().StartsWith(OwnIds, StringComparison.Ordinal))
            return CallDecision.Refused($"ids that begin with '{OwnIds}' are the cluster's own");
        if (state.Command(command.Id) is { } earlier)
        {
            return earlier.Operation == command.Operation
                ? CallDecision.Nothing
                : CallDecision.Refused($"its id already stands for {earlier.Operation.Name}");
        }
        if ((ClaimRules.Refusal(state, command) ?? Refusal(state, command.Operation)) is { } why) return CallDecision.Refused(why);
        return new CallDecision([new CommandAccepted(command.Id, command.Operation), .. AtOnce(state, command)], null);
    }

    /// <summary>The request is about to leave. Refused when the call has changed its mind meanwhile.</summary>
    public static CallDecision Send(CallState state, CallCommand.Send command) =>
        state.NextRequest is { } next && next.Id == command.Id && !state.IsHangingUp
            ? CallDecision.Happened(new CommandSent(command.Id))
            : CallDecision.Refused("it is not that command's turn");

    public static CallDecision Take(CallState state, CallCommand.Take command) =>
        state.Command(command.Id) is { IsOpen: true, Stage: CommandStage.Sent }
            ? CallDecision.Happened(new CommandTaken(command.Id))
            : CallDecision.Nothing;

    public static CallDecision Settle(CallState state, CallCommand.Settle command)
    {
        if (state.Command(command.Id) is not { IsOpen: true } open) return CallDecision.Nothing;
        return command.Failure is CommandFailure.None
            ? new CallDecision([.. Effects(state, open.Operation), Done(open)], null)
            : CallDecision.Happened(Failed(open, command.Failure, command.Detail));
    }

    /// <summary>What becomes of the open commands when the call ends.</summary>
    public static IEnumerable<CallEvent> AtEnd(CallState state, EndReason reason) => state.OpenCommands.Select(open =>
        open.Operation is CallOperation.HangUp or CallOperation.Reject || open.IsTransfer && (reason is EndReason.Transfer || state.Transferred)
            ? Done(open)
            : new CommandSettled(new CommandOutcome(open.Id, CommandResult.Superseded, Detail: $"the call ended: {reason}")));

    /// <summary>Commands that are done by an event of GoTo's.</summary>
    public static IEnumerable<CallEvent> DoneBy<T>(CallState state) where T : CallOperation =>
        state.OpenCommands.Where(open => open.Operation is T).Select(Done);

    /// <summary>Transfers that are done by <c>call.transferred</c>.</summary>
    public static IEnumerable<CallEvent> TransfersDone(CallState state) =>
        state.OpenCommands.Where(open => open.IsTransfer).Select(Done);

    /// <summary>GoTo was asked: what that says of commands whose requests may have arrived, or wait for an event.</summary>
    public static IEnumerable<CallEvent> LookedUp(CallState state, UpstreamCall upstream)
    {
        if (upstream.TransferTarget is not null) yield break;
        foreach (var open in state.OpenCommands.Where(open => open.Stage is not CommandStage.Accepted && !open.IsPlaying))
        {
            if (open.Stage is CommandStage.Taken)
                yield return Failed(open, CommandFailure.TransferFailed, "GoTo took the transfer and still has the call with us");
            else if (!open.CanBeLookedUp || open.Attempts >= MostAttempts)
                yield return Failed(open, CommandFailure.OutcomeUnknown, "it may have been done; it is not repeated");
        }
    }

    private static string? Refusal(CallState state, CallOperation operation)
    {
        if (state.Phase is CallPhase.Ended) return "it is over";
        if (operation is CallOperation.HangUp) return null;
        if (state.IsHangingUp) return "it is being hung up";
        if (state.OpenCommands.Count() >= MostOpen) return $"{MostOpen} commands of it are open already";
        return operation switch
        {
            CallOperation.Answer => state is { Phase: CallPhase.Ringing or CallPhase.Offering } ? null : "it does not ring",
            CallOperation.Reject => state switch
            {
                { Phase: CallPhase.Offering } => "it is being answered",
                { Phase: CallPhase.Ringing } => null,
                _ => "it does not ring",
            },
            CallOperation.BlindTransfer when state.Phase is CallPhase.Dialing => null,
            _ => RefusalInTalk(state, operation),
        };
    }

    private static string? RefusalInTalk(CallState state, CallOperation operation)
    {
        if (state.Phase is not CallPhase.Connected) return "it is not connected";
        if (!state.IsOurs) return "it was answered elsewhere";
        if (state.IsLeaving) return "it is being transferred";
        return operation switch
        {
            CallOperation.Resume when !state.WillBeOnHold => "it is not on hold",
            CallOperation.SendDtmf or CallOperation.PlayAnnouncement when state.WillBeOnHold => "it is on hold",
            _ => null,
        };
    }

    /// <summary>What a command changes without any request: a hang-up is the call's own, and what is so already is done.</summary>
    private static IEnumerable<CallEvent> AtOnce(CallState state, CallCommand.Operate command)
    {
        switch (command.Operation)
        {
            case CallOperation.HangUp e when !state.IsHangingUp:
                yield return new HangUpIntended(e.Reason, command.Actor);
                break;
            case CallOperation.Reject:
                yield return new HangUpIntended(HangUpReason.Rejected, command.Actor);
                break;
            case CallOperation.Hold when state is { WillBeOnHold: true, HoldIsChanging: false, HeldBy: HoldOrigin.Local }:
            case CallOperation.Mute when state is { Muted: true, MuteIsChanging: false }:
            case CallOperation.Unmute when state is { Muted: false, MuteIsChanging: false }:
                yield return new CommandSettled(new CommandOutcome(command.Id, CommandResult.Done));
                break;
        }
    }

    /// <summary>What has changed when the request is done.</summary>
    private static IEnumerable<CallEvent> Effects(CallState state, CallOperation operation)
    {
        switch (operation)
        {
            case CallOperation.Hold when state.HeldBy is not HoldOrigin.Local:
                yield return new Held(HoldOrigin.Local, ByReply: true);
                break;
            case CallOperation.Resume when state.OnHold:
                yield return new Resumed(ByReply: true);
                break;
            case CallOperation.Mute when !state.Muted:
                yield return new Muted();
                break;
            case CallOperation.Unmute when state.Muted:
                yield return new Unmuted();
                break;
            case CallOperation.SendDtmf e:
                yield return new DigitsSent(e.Digits);
                break;
            case CallOperation.Merge e:
                yield return new Merged(e.ReferId);
                break;
        }
    }

    private static CommandSettled Done(CommandRecord open) => new(new CommandOutcome(open.Id, CommandResult.Done));

    private static CommandSettled Failed(CommandRecord open, CommandFailure failure, string? detail) =>
        new(new CommandOutcome(open.Id, CommandResult.Failed, failure, detail));
}
