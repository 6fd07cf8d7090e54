using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Records;

/// <summary>On every silo: deletes what is on record for too long, once an hour. That two do it is harmless.</summary>
internal sealed class RecordRetention(
    IRecordStore store, IOptions<RecordSettings> settings, TimeProvider time, ILogger<RecordRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do await Purge(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task Purge(CancellationToken stoppingToken)
    {
        try
        {
            var purged = await store.Purge(time.GetUtcNow() - settings.Value.Retention, stoppingToken);
            if (purged > 0) logger.Purged(purged, settings.Value.Retention.TotalDays);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A silo that carries calls does not stop for it.
            logger.NotPurged(e.Message);
        }
    }
}
