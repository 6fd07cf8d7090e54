using GoTo.Calls;
using GoTo.Tenants;

namespace GoTo.Client;

internal sealed class CallsClient(IGrainFactory grains, CallWatcher watcher) : ICalls
{
    public Call this[CallKey key] => new(grains, watcher, key);

    public async Task<Call> Dial(
        string account, DialRequest request, CommandId? requestId = null, CancellationToken cancellationToken = default)
    {
        var id = requestId ?? CommandId.New();
        var dial = grains.OutboundCall(account, id);
        await Loss.Outlive(() => dial.Dial(request, cancellationToken), cancellationToken);
        var outcome = await dial.WhenPlaced(cancellationToken);
        return outcome.Call is { } call ? this[call] : throw new DialFailedException(id, outcome.Failure, outcome.Detail);
    }

    public async Task<IReadOnlyList<CallSnapshot>> List(string account, CancellationToken cancellationToken = default)
    {
        var keys = await Loss.Outlive(() => grains.EventChannel(account).LiveCalls(), cancellationToken);
        var calls = await Task.WhenAll(keys.Select(Find));
        return [.. calls.OfType<CallSnapshot>().Where(call => call.Phase is not CallPhase.Ended)];

        // A call is listed a moment before its first event is journaled; another tenant's is none of the client's.
        async Task<CallSnapshot?> Find(CallKey key)
        {
            try
            {
                return await Get(key, cancellationToken);
            }
            catch (Exception e) when (e is CallNotFoundException or ForeignTenantException)
            {
                return null;
            }
        }
    }

    public Task<CallSnapshot> Get(CallKey call, CancellationToken cancellationToken = default) =>
        Loss.Outlive(() => grains.Call(call).Describe(), cancellationToken);

    public IAsyncEnumerable<CallJournalEntry> Watch(CallKey call, long after = 0, CancellationToken cancellationToken = default) =>
        watcher.Watch(call, after, cancellationToken);

    public Task HangUp(CallKey call, HangUpReason reason = HangUpReason.Normal, CancellationToken cancellationToken = default)
    {
        // Under its id a repeat is harmless.
        var id = CommandId.New();
        return Loss.Outlive(() => grains.Call(call).HangUp(reason, id, cancellationToken), cancellationToken);
    }
}
