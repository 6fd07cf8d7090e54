using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>What a transfer does with the caller's call: it is claimed and held, and taken off hold and released when nothing came of it.</summary>
internal sealed partial class WarmTransferGrain
{
    private ICallGrain CallerCall => GrainFactory.Call(_key.Call);

    private ICallTransfers CallerTransfers => GrainFactory.GetGrain<ICallTransfers>(_key.Call.ToString());

    private async Task Claim()
    {
        try
        {
            await CallerTransfers.Claim(_key.ToString());
            await Perform(new TransferCommand.ClaimCaller());
        }
        catch (CallTransitionException e)
        {
            await Perform(new TransferCommand.RefuseClaim(e.Message));
        }
    }

    private async Task Hold(CancellationToken patience)
    {
        try
        {
            await CallerCall.Hold(Id("hold"), patience);
        }
        catch (CallTransitionException e)
        {
            await Perform(new TransferCommand.FailHold(e.Message));
            return;
        }
        var outcome = await CallerCall.WhenSettled(Id("hold"), patience);
        await (outcome.Result switch
        {
            CommandResult.Done => Perform(new TransferCommand.HoldCaller()),
            CommandResult.Failed => Perform(new TransferCommand.FailHold(outcome.Detail ?? $"{outcome.Failure}")),
            _ => SeeCaller(),
        });
    }

    private async Task Resume(CancellationToken patience)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await CallerCall.Resume(Id("resume", attempt), patience);
            }
            catch (CallTransitionException)
            {
                var call = await CallerCall.Describe();
                if (call.Phase is CallPhase.Ended || call.OnHold) await SeeCaller();
                else await Perform(new TransferCommand.ResumeCaller());
                if (State.CallerMayWait) throw;
                return;
            }
            var outcome = await CallerCall.WhenSettled(Id("resume", attempt), patience);
            await (outcome.IsDone ? Perform(new TransferCommand.ResumeCaller()) : SeeCaller());
            if (!State.CallerMayWait) return;
            await Task.Delay(Pauses[Math.Min(attempt, Pauses.Length - 1)], time, patience);
        }
    }

    private async Task Release()
    {
        await CallerTransfers.Release(_key.ToString());
        await Perform(new TransferCommand.ReleaseCaller());
    }

    private async Task<TransferDecision> SeeCaller(bool agentGone = false) =>
        await Perform(new TransferCommand.SeeCaller(Sight(await CallerCall.Describe()) with { AgentGone = agentGone }));
}
