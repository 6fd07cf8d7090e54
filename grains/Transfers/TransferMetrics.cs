using System.Diagnostics.Metrics;

namespace GoTo.Transfers;

/// <summary>What the meter <c>GoTo.Calls</c> tells of warm transfers.</summary>
internal sealed class TransferMetrics
{
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _wait;

    public TransferMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("GoTo.Calls");
        _started = meter.CreateCounter<long>("goto.transfers.started", "{transfer}", "Warm transfers that were asked for");
        _ended = meter.CreateCounter<long>("goto.transfers.ended", "{transfer}", "Warm transfers that are over, by result");
        _wait = meter.CreateHistogram<double>(
            "goto.transfers.wait", "s", "How long the caller of a warm transfer was on hold, by what came of it");
    }

    /// <param name="entry">What was just stored.</param>
    /// <param name="journal">The transfer's journal with it.</param>
    public void Observe(TransferJournalEntry entry, TransferJournal journal)
    {
        switch (entry.Event)
        {
            case TransferRequested:
                _started.Add(1);
                break;
            case TransferEnded { Result: var result }:
                var tag = new KeyValuePair<string, object?>("result", result.ToString());
                _ended.Add(1, tag);
                if (At<CallerHeld>(journal) is { } held) _wait.Record(((At<CallerResumed>(journal) ?? entry.At) - held).TotalSeconds, tag);
                break;
        }
    }

    private static DateTimeOffset? At<T>(TransferJournal journal) where T : TransferEvent =>
        journal.Entries.FirstOrDefault(entry => entry.Event is T)?.At;
}
