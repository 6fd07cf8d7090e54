using System.Diagnostics;
using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>
/// What a transfer does in the world: it asks the two calls, by commands whose ids follow from its own, so that each is done
/// once however often it is asked. One effect at a time, each chosen anew from the state: a crash between two loses nothing.
/// </summary>
internal sealed partial class WarmTransferGrain
{
    /// <summary>Between attempts; the last one repeats.</summary>
    private static readonly TimeSpan[] Pauses = [.. new[] { 0.5, 1, 2, 4, 8 }.Select(TimeSpan.FromSeconds)];

    private Task _effects = Task.CompletedTask;
    private IGrainTimer? _looks;

    /// <summary>Ends the waiting of the effect at hand when the transfer no longer needs it.</summary>
    private CancellationTokenSource? _patience;

    /// <summary>Stays here until the transfer is over, and looks at its calls.</summary>
    private void Live()
    {
        DelayDeactivation(TimeSpan.MaxValue);
        _looks ??= this.RegisterGrainTimer(
            _ => LookAtCalls(), new GrainTimerCreationOptions(TimeSpan.Zero, LookPeriod) { Interleave = true });
        Continue();
    }

    /// <summary>Sets the effects going, unless they are. Nothing awaits between a loop's last look and its end.</summary>
    private void Continue()
    {
        if (_effects.IsCompleted && IsLive) _effects = RunEffects();
    }

    private async Task RunEffects()
    {
        // A turn of its own: the caller that set this going is not kept waiting. What is done is ours, not that caller's.
        await Task.Yield();
        RequestContext.Clear();
        RequestContext.Set("actor", _key.ToString());
        var failures = 0;
        while (!_over && TransferEffects.Next(State) is var effect and not TransferEffect.None)
        {
            using var patience = _patience = new CancellationTokenSource();
            try
            {
                if (!_journal.IsStored)
                {
                    await _journal.Store();
                    continue;
                }
                await Run(effect, patience.Token);
                failures = 0;
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                // What cancelled it has changed the state, and with it the next effect.
            }
            catch (Exception e)
            {
                // Whatever it was, the caller must not wait on hold for ever: it is done again, and is done once all the same.
                logger.EffectFailed(_key, effect, e);
                await Task.Delay(Pauses[Math.Min(failures++, Pauses.Length - 1)], time, patience.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
            finally
            {
                _patience = null;
            }
        }
        if (_over || IsLive) return;
        _looks?.Dispose();
        DelayDeactivation(TimeSpan.FromMinutes(1));
    }

    private async Task Run(TransferEffect effect, CancellationToken patience)
    {
        using var span = TransferTrace.Effect(effect, _key);
        await Step(effect, patience);
    }

    private Task Step(TransferEffect effect, CancellationToken patience) => effect switch
    {
        TransferEffect.Claim => Claim(),
        TransferEffect.Hold => Hold(patience),
        TransferEffect.Dial => Dial(patience),
        TransferEffect.Announce => Announce(patience),
        TransferEffect.Complete => CompleteAtGoTo(patience),
        TransferEffect.AskGoTo => AskGoTo(patience),
        TransferEffect.HangUpConsult => HangUpConsult(),
        TransferEffect.Resume => Resume(patience),
        TransferEffect.Release => Release(),
        _ => throw new UnreachableException($"No way to {effect}."),
    };

    private CommandId Id(string step, int attempt = 1) => DerivedId.Of(_key.ToString(), step, attempt);
}
