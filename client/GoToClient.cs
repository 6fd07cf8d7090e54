using System.Runtime.CompilerServices;
using GoTo.Accounts;
using GoTo.Calls;
using GoTo.Numbers;
using Orleans.Runtime.Messaging;

namespace GoTo.Client;

/// <summary>The cluster's grains behind the words of <see cref="IGoTo"/>.</summary>
internal sealed class GoToClient(IGrainFactory grains, TimeProvider time) : IGoTo, ICalls, INumbers
{
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(500);

    public ICalls Calls => this;

    public INumbers Numbers => this;

    public Task<EventChannelSnapshot> Channel(string account) => grains.EventChannel(account).Describe();

    public async Task<IReadOnlyList<CallSnapshot>> List(string account, CancellationToken cancellationToken = default)
    {
        var keys = await grains.EventChannel(account).LiveCalls().WaitAsync(cancellationToken);
        var calls = await Task.WhenAll(keys.Select(Find)).WaitAsync(cancellationToken);
        return [.. calls.OfType<CallSnapshot>()];

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
            await using var entries = grains.Call(call).Watch(after, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await Next(entries) is { } more)
            {
                if (!more) yield break;
                after = entries.Current.Version;
                yield return entries.Current;
            }
            await Task.Delay(WatchPause, time, cancellationToken);
        }
    }

    public Task HangUp(CallKey call, HangUpReason reason = HangUpReason.Normal, CancellationToken cancellationToken = default) =>
        grains.Call(call).HangUp(reason, cancellationToken);

    public Task<NumberRegistration?> Find(PhoneNumber number) => grains.PhoneNumber(number).Find();

    public Task Register(PhoneNumber number, NumberRegistration registration) =>
        grains.PhoneNumber(number).Register(registration);

    public Task Release(PhoneNumber number) => grains.PhoneNumber(number).Release();

    /// <summary>Whether there is a next entry; null when the silo that was read from is gone.</summary>
    private static async Task<bool?> Next(IAsyncEnumerator<CallJournalEntry> entries)
    {
        try
        {
            return await entries.MoveNextAsync();
        }
        catch (Exception e) when (e is OrleansMessageRejectionException or ConnectionFailedException
            or EnumerationAbortedException or TimeoutException)
        {
            return null;
        }
    }
}
