namespace GoTo.Journals;

/// <summary>
/// A grain's journal and its storage. What is decided runs ahead of what is stored: a grain decides from the one, shows the
/// other, and stores its intents before it acts on them. One write at a time; what is decided meanwhile goes with the next,
/// together. Used from one grain's turns only.
/// </summary>
/// <typeparam name="T">The journal: a value that is replaced by each step.</typeparam>
/// <param name="storage">Where it is stored.</param>
/// <param name="time">The clock.</param>
/// <param name="stored">What is to be done when more is stored, with what was before.</param>
/// <param name="failed">
/// What is to be done when a write failed: what is decided and not stored did not happen, and nothing more can be stored by
/// this activation. A conflict means that another one owns the journal.
/// </param>
internal sealed class JournalStore<T>(IPersistentState<T> storage, TimeProvider time, Action<T> stored, Action failed)
    where T : class
{
    /// <summary>How long a step that need not be stored at once waits for others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Whoever waits for more keeps an activation that has to leave from leaving, and its call from moving on.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);

    private TaskCompletionSource _changed = NewSignal();
    private Task _write = Task.CompletedTask;
    private Task _soon = Task.CompletedTask;
    private long _stepsDecided;
    private long _stepsStored;

    /// <summary>The journal as it is decided: the next step follows from it.</summary>
    public T Decided { get; private set; } = storage.State;

    /// <summary>The journal as it is stored: what may be shown, since no crash takes it back.</summary>
    public T Stored { get; private set; } = storage.State;

    public bool IsStored => _stepsStored == _stepsDecided;

    /// <summary>Takes a step; <see cref="Store"/> or <see cref="StoreSoon"/> has to follow.</summary>
    public void Append(T next)
    {
        Decided = next;
        _stepsDecided++;
    }

    /// <summary>Returns when all that is decided by now is stored. Raises what the storage raises.</summary>
    public async Task Store()
    {
        for (var due = _stepsDecided; _stepsStored < due;)
        {
            // After a write that failed there is no other.
            if (_write.IsCompletedSuccessfully) _write = Write();
            await _write;
        }
    }

    /// <summary>Stores what is decided with the next write, or by itself in a moment.</summary>
    public void StoreSoon()
    {
        if (!IsStored && _soon.IsCompleted) _soon = StoreLater();
    }

    /// <summary>Waits until more than <paramref name="seen"/> is stored; false when nothing is for two seconds.</summary>
    public async Task<bool> Beyond(T seen, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(seen, Stored)) return true;
        var changed = _changed.Task;
        await Task.WhenAny(changed, Task.Delay(LongestSilence, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return changed.IsCompleted;
    }

    private async Task StoreLater()
    {
        try
        {
            // What is decided during the write itself is nobody else's to store.
            do
            {
                await Task.Delay(Patience, time);
                await Store();
            }
            while (!IsStored);
        }
        catch (Exception)
        {
            // The grain has been told, and nobody else waits for it.
        }
    }

    private async Task Write()
    {
        var (before, next, steps) = (Stored, Decided, _stepsDecided);
        storage.State = next;
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            storage.State = Decided = Stored;
            failed();
            throw;
        }
        (Stored, _stepsStored) = (next, steps);
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
        stored(before);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
