using System.Runtime.CompilerServices;
using GoTo.Calls;

namespace GoTo.Client;

/// <summary>Follows a call's journal, whichever silo tells it.</summary>
internal sealed class CallWatcher(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>A call's grain has something to say every two seconds, if only that nothing happened.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(4);

    public async IAsyncEnumerable<CallJournalEntry> Watch(
        CallKey call, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var entries = grains.Call(call).Watch(after, stop.Token).GetAsyncEnumerator(stop.Token);
            var next = Task.FromResult(true);
            try
            {
                while (await Comes(next = entries.MoveNextAsync().AsTask(), cancellationToken))
                {
                    after = entries.Current.Version;
                    yield return entries.Current;
                }
            }
            finally
            {
                await stop.CancelAsync();
                LetGo(entries, next).Ignore();
            }
            if (!next.IsCompletedSuccessfully) await Task.Delay(Pause, time, cancellationToken);
            else if (await IsOver(call, after)) yield break;
        }
    }

    /// <summary>Whether there is a next entry; not when the silo that is read from is gone.</summary>
    private async Task<bool> Comes(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            return await next.WaitAsync(LongestSilence, time, cancellationToken);
        }
        catch (Exception e) when (Loss.Is(e))
        {
            return false;
        }
    }

    /// <summary>Nothing of the call comes after this version.</summary>
    private async Task<bool> IsOver(CallKey call, long version)
    {
        try
        {
            return await grains.Call(call).Describe() is { Phase: CallPhase.Ended } snapshot && snapshot.Version <= version;
        }
        catch (Exception e) when (Loss.Is(e))
        {
            return false;
        }
    }

    /// <summary>Whoever was asked may be gone, and the answer never come; nobody waits for it.</summary>
    private static async Task LetGo(IAsyncDisposable entries, Task next)
    {
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await entries.DisposeAsync();
    }
}
