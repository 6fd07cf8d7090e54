using System.Runtime.CompilerServices;
using GoTo.Accounts;
using GoTo.Calls;
using Orleans.Runtime.Messaging;

namespace GoTo.Client;

/// <summary>The cluster's grains behind the words of <see cref="IGoTo"/>.</summary>
internal sealed class GoToClient(IGrainFactory grains, GoToClientOptions options, TimeProvider time) : IGoTo, ICalls
{
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(500);

    /// <summary>A call's grain has something to say every two seconds, if only that nothing happened.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(4);

    public ICalls Calls => this;

    public INumbers Numbers { get; } = new NumbersClient(grains, options.Region);

    public ITenants Tenants { get; } = new TenantsClient(grains);

    public IRecords Records { get; } = new RecordsClient(grains);

    public Task<EventChannelSnapshot> Channel(string account) => grains.EventChannel(account).Describe();

    public async Task<IReadOnlyList<CallSnapshot>> List(string account, CancellationToken cancellationToken = default)
    {
        var keys = await grains.EventChannel(account).LiveCalls().WaitAsync(cancellationToken);
        var calls = await Task.WhenAll(keys.Select(Find)).WaitAsync(cancellationToken);
        return [.. calls.OfType<CallSnapshot>().Where(call => call.Phase is not CallPhase.Ended)];

        // A call is listed a moment before its first event is journaled.
        async Task<CallSnapshot?> Find(CallKey key)
        {
            try
            {
                return await grains.Call(key).Describe();
            }
            catch (CallNotFoundException)
            {
                return null;
            }
        }
    }

    public Task<CallSnapshot> Get(CallKey call, CancellationToken cancellationToken = default) =>
        grains.Call(call).Describe().WaitAsync(cancellationToken);

    public async IAsyncEnumerable<CallJournalEntry> Watch(
        CallKey call, long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
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
            if (!next.IsCompletedSuccessfully) await Task.Delay(WatchPause, time, cancellationToken);
            else if (await IsOver(call, after)) yield break;
        }
    }

    public Task HangUp(CallKey call, HangUpReason reason = HangUpReason.Normal, CancellationToken cancellationToken = default) =>
        grains.Call(call).HangUp(reason, CommandId.New(), cancellationToken);

    /// <summary>Whether there is a next entry; not when the silo that is read from is gone.</summary>
    private async Task<bool> Comes(Task<bool> next, CancellationToken cancellationToken)
    {
        try
        {
            return await next.WaitAsync(LongestSilence, time, cancellationToken);
        }
        catch (Exception e) when (IsLoss(e))
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
        catch (Exception e) when (IsLoss(e))
        {
            return false;
        }
    }

    private static bool IsLoss(Exception e) =>
        e is OrleansMessageRejectionException or ConnectionFailedException or EnumerationAbortedException or TimeoutException;

    /// <summary>Whoever was asked may be gone, and the answer never come; nobody waits for it.</summary>
    private static async Task LetGo(IAsyncDisposable entries, Task next)
    {
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await entries.DisposeAsync();
    }
}
