using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GoTo.Calls;
using GoTo.Tenants;

namespace GoTo.Client;

internal sealed class WatchClient(IGrainFactory grains, CallWatcher watcher, TimeProvider time) : IWatch
{
    private const int MostWaiting = 1024;
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public IAsyncEnumerable<WatchedEntry> Tenant(string tenant, CancellationToken cancellationToken = default) =>
        Follow(stop => CallsOf(tenant, stop), cancellationToken);

    public IAsyncEnumerable<WatchedEntry> Account(string account, CancellationToken cancellationToken = default) =>
        Follow(stop => CallsOfAccount(account, stop), cancellationToken);

    private async IAsyncEnumerable<WatchedEntry> Follow(
        Func<CancellationToken, IAsyncEnumerable<CallKey>> calls, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var entries = Channel.CreateBounded<WatchedEntry>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
        var following = Watch();
        try
        {
            await foreach (var entry in entries.Reader.ReadAllAsync(cancellationToken)) yield return entry;
        }
        finally
        {
            await stop.CancelAsync();
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task Watch()
        {
            var seen = new Dictionary<CallKey, Task>();
            try
            {
                await foreach (var call in calls(stop.Token))
                {
                    if (seen.ContainsKey(call)) continue;
                    // What was told to its end is forgotten in time; nobody names it again by then.
                    if (seen.Count >= MostRemembered) foreach (var (told, _) in seen.Where(s => s.Value.IsCompleted).ToArray()) seen.Remove(told);
                    seen[call] = Pass(call);
                }
            }
            catch (Exception e)
            {
                entries.Writer.TryComplete(e);
                throw;
            }
        }

        async Task Pass(CallKey call)
        {
            try
            {
                await foreach (var entry in watcher.Watch(call, 0, stop.Token))
                    await entries.Writer.WriteAsync(new WatchedEntry(call, entry), stop.Token);
            }
            catch (Exception e) when (e is JournalGapException or CallNotFoundException or ForeignTenantException)
            {
                // Older than its journal, or none of the client's: there is nothing to tell from its beginning on.
            }
        }
    }

    private async IAsyncEnumerable<CallKey> CallsOf(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            await using var calls = grains.Tenant(tenant).Watch(after, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await Comes(calls, cancellationToken))
            {
                after = calls.Current.Version;
                yield return calls.Current.Call;
            }
        }
    }

    private async Task<bool> Comes(IAsyncEnumerator<TenantCall> calls, CancellationToken cancellationToken)
    {
        try
        {
            return await calls.MoveNextAsync();
        }
        catch (Exception e) when (Loss.Is(e))
        {
            await Task.Delay(Pause, time, cancellationToken);
            return false;
        }
    }

    private async IAsyncEnumerable<CallKey> CallsOfAccount(string account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            foreach (var call in await Loss.Outlive(() => grains.EventChannel(account).LiveCalls(), cancellationToken)) yield return call;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
