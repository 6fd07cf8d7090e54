namespace GoTo.Calls;

/// <summary>
/// What is stored of a call: its state, and its events in order. Bounded: the oldest entries go when there are more
/// than <see cref="MostEntries"/>, the state keeps what they amounted to.
/// </summary>
internal sealed record CallJournal
{
    public const int MostEntries = 500;

    public CallState State { get; init; } = new();

    public IReadOnlyList<CallJournalEntry> Entries { get; init; } = [];

    /// <summary>The highest epoch of the event channel that has reached this call; lower ones are stale.</summary>
    public long ChannelEpoch { get; init; }

    public CallJournal Append(IReadOnlyList<CallEvent> events, DateTimeOffset at)
    {
        var state = State;
        var entries = new List<CallJournalEntry>(Entries);
        foreach (var happened in events)
        {
            var entry = new CallJournalEntry(state.Version + 1, at, happened);
            state = state.Apply(entry);
            entries.Add(entry);
        }
        if (entries.Count > MostEntries) entries.RemoveRange(0, entries.Count - MostEntries);
        return this with { State = state, Entries = entries };
    }
}
