using GoTo.Api;
using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>GoTo is asked to connect the two; when its reply leaves that in doubt, how both calls stand.</summary>
internal sealed partial class WarmTransferGrain
{
    private async Task CompleteAtGoTo(CancellationToken patience)
    {
        if (State.CompletionAttempts > 1) await Task.Delay(Pauses[State.CompletionAttempts - 2], time, patience);
        var id = Id("complete", State.CompletionAttempts);
        try
        {
            await CallerTransfers.WarmTransfer(State.Consult!.Value, id);
        }
        catch (CallTransitionException e)
        {
            await Perform(new TransferCommand.RefuseCompletion(e.Message));
            return;
        }
        var outcome = await CallerCall.WhenSettled(id, patience);
        await Perform(outcome switch
        {
            { IsDone: true } => new TransferCommand.AcceptCompletion(),
            { Failure: CommandFailure.Refused or CommandFailure.TransferFailed or CommandFailure.NotAllowed } =>
                new TransferCommand.RefuseCompletion(outcome.Detail ?? $"{outcome.Failure}"),
            _ => new TransferCommand.DoubtCompletion(outcome.Detail ?? $"{outcome.Failure}"),
        });
        await LookAtCalls();
    }

    private async Task AskGoTo(CancellationToken patience)
    {
        var (caller, consult) = (await AskGoTo(_key.Call), await AskGoTo(State.Consult!.Value));
        var decision = await Perform(new TransferCommand.SeeBoth(caller, consult));
        if (decision.Events.Count == 0) await Task.Delay(LookPeriod, time, patience);
    }

    private async Task<CallSight> AskGoTo(CallKey key)
    {
        try
        {
            var call = GoToCalls.Read(await accounts.WebCalls(key.Account).Get(key.CallId));
            return new CallSight(call.Connected, call.TransferTarget is not null, call.Ended ? call.EndReason : null);
        }
        catch (GoToNotFoundException)
        {
            return new CallSight(Connected: false, End: EndReason.Lost);
        }
    }
}
