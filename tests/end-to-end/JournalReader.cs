using GoTo.Calls;
using GoTo.Client;

namespace GoTo.EndToEnd.Tests;

/// <summary>Follows a call's journal through the client, as a service would.</summary>
internal sealed class JournalReader : IAsyncDisposable
{
    private static readonly TimeSpan KnownLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EntryLimit = TimeSpan.FromSeconds(30);

    private readonly ICalls _calls;
    private readonly List<CallJournalEntry> _entries = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private TaskCompletionSource _changed = NewSignal();

    public JournalReader(ICalls calls, CallKey call)
    {
        _calls = calls;
        Call = call;
        _reading = Read();
    }

    public CallKey Call { get; }

    /// <summary>What has been read so far.</summary>
    public IReadOnlyList<CallJournalEntry> Entries
    {
        get
        {
            lock (_entries) return [.. _entries];
        }
    }

    /// <summary>Waits for an event, and gives it.</summary>
    public async Task<T> Has<T>(Func<T, bool>? which = null, TimeSpan? limit = null)
        where T : CallEvent
    {
        while (true)
        {
            Task changed;
            lock (_entries)
            {
                var found = _entries.Select(entry => entry.Event).OfType<T>().FirstOrDefault(which ?? (_ => true));
                if (found is not null) return found;
                changed = _changed.Task;
            }
            if (_reading.IsCompleted)
            {
                await _reading;
                Assert.Fail($"The journal ended without {typeof(T).Name}: {this}");
            }
            await Task.WhenAny(changed, _reading).Within(
                limit ?? EntryLimit, () => $"the journal of {Call} has {typeof(T).Name}; it has {this}");
        }
    }

    /// <summary>Waits until audio has been heard both ways.</summary>
    public async Task HasAudio()
    {
        await Has<AudioStarted>(audio => audio.Direction is AudioDirection.FromCaller);
        await Has<AudioStarted>(audio => audio.Direction is AudioDirection.FromAgent);
    }

    /// <summary>Waits for the end of the call. All events up to it; the versions have no gaps.</summary>
    public async Task<IReadOnlyList<CallEvent>> ToEnd(TimeSpan? limit = null)
    {
        await Has<Ended>(limit: limit);
        var entries = Entries;
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(version => (long)version), entries.Select(entry => entry.Version));
        return [.. entries.Select(entry => entry.Event).TakeWhile(happened => happened is not Ended),
            Assert.Single(entries.Select(entry => entry.Event).OfType<Ended>())];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    public override string ToString() => string.Join(", ", Entries.Select(entry => entry.Event));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task Read()
    {
        await Until.True(IsKnown, KnownLimit, $"the cluster knows {Call}");
        await foreach (var entry in _calls.Watch(Call, 0, _stop.Token))
        {
            TaskCompletionSource changed;
            lock (_entries)
            {
                _entries.Add(entry);
                (changed, _changed) = (_changed, NewSignal());
            }
            changed.SetResult();
        }
    }

    /// <summary>A phone hears it ring a moment before the cluster has journaled that.</summary>
    private async Task<bool> IsKnown()
    {
        try
        {
            return await _calls.Get(Call, _stop.Token) is not null;
        }
        catch (CallNotFoundException)
        {
            return false;
        }
    }
}
