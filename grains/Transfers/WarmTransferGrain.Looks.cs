using GoTo.Calls;
using GoTo.Media;

namespace GoTo.Transfers;

/// <summary>What a transfer sees of its two calls, and of the clock.</summary>
internal sealed partial class WarmTransferGrain
{
    /// <summary>The calls say when something happens to them; this is for what was not heard, and for time that runs out.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(2);

    private Task _look = Task.CompletedTask;
    private long? _agentMissingSince;

    /// <summary>Looks at both calls, and at the clock. One look at a time; who asks meanwhile shares it.</summary>
    private Task LookAtCalls() => _look.IsCompleted ? _look = Look() : _look;

    private async Task Look()
    {
        if (!IsLive || _over) return;
        await Task.Yield();
        RequestContext.Clear();
        try
        {
            if (State.CallerEnd is null) await SeeCaller(await IsAgentGone());
            if (State is { ConsultMayLive: true, Consult: { } consult })
                await Perform(new TransferCommand.SeeConsult(Sight(await GrainFactory.Call(consult).Describe())));
            await Perform(new TransferCommand.Tick(time.GetUtcNow()));
        }
        catch (Exception e)
        {
            // Looked at again in the next round.
            logger.NotLooked(_key, e.Message);
        }
    }

    /// <summary>
    /// Missing for a while: an agent that only connects anew has not gone. Both calls are in its room, and the audio of one may
    /// be lost.
    /// </summary>
    private async Task<bool> IsAgentGone()
    {
        if (State.Phase is not (TransferPhase.Ringing or TransferPhase.Briefing)) return false;
        if (await IsAgentHeard(_key.Call) || State.Consult is { } consult && await IsAgentHeard(consult)) _agentMissingSince = null;
        else _agentMissingSince ??= time.GetTimestamp();
        return _agentMissingSince is { } since && time.GetElapsedTime(since) >= LookPeriod;
    }

    private Task<bool> IsAgentHeard(CallKey call) => GrainFactory.GetGrain<IMediaGrain>(call.ToString()).HasAgent();

    private static CallSight Sight(Calls.CallSnapshot call) =>
        new(call.Phase is CallPhase.Connected, call.TransferTarget is not null, call.EndReason);
}
