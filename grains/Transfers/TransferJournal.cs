namespace GoTo.Transfers;

/// <summary>What is stored of a transfer: its state, and its events in order. Bounded by the saga itself, which has an end.</summary>
internal sealed record TransferJournal
{
    public TransferState State { get; init; } = new();

    public IReadOnlyList<TransferJournalEntry> Entries { get; init; } = [];

    public TransferJournal Append(IReadOnlyList<TransferEvent> events, DateTimeOffset at)
    {
        var state = State;
        var entries = new List<TransferJournalEntry>(Entries);
        foreach (var happened in events)
        {
            var entry = new TransferJournalEntry(state.Version + 1, at, happened);
            state = state.Apply(entry);
            entries.Add(entry);
        }
        return this with { State = state, Entries = entries };
    }
}
