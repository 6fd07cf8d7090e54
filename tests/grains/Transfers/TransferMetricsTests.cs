using System.Diagnostics.Metrics;
using GoTo.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace GoTo.Grains.Tests.Transfers;

/// <summary>What an operator's figures say of warm transfers.</summary>
public sealed class TransferMetricsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_transfer_is_counted_by_its_result_with_the_time_that_its_caller_waited()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new TransferMetrics(services.GetRequiredService<IMeterFactory>());
        var told = new List<(string Name, double Value, string? Result)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == services.GetRequiredService<IMeterFactory>()) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => told.Add((i.Name, value, Result(tags))));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => told.Add((i.Name, value, Result(tags))));
        listener.Start();

        var journal = new TransferJournal();
        Happens(new TransferRequested(new WarmTransferRequest("ext:1001"), "acme", "tester"), 0);
        Happens(new CallerHeld(), 1);
        Happens(new CallerResumed(), 21);
        Happens(new TransferEnded(TransferResult.Busy), 22);

        Assert.Equal(
            [("goto.transfers.started", 1, null), ("goto.transfers.ended", 1, "Busy"), ("goto.transfers.wait", 20, "Busy")], told);

        void Happens(TransferEvent happened, int second)
        {
            journal = journal.Append([happened], Noon.AddSeconds(second));
            metrics.Observe(journal.Entries[^1], journal);
        }
    }

    private static string? Result(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        tags.ToArray().FirstOrDefault(tag => tag.Key == "result").Value as string;
}
