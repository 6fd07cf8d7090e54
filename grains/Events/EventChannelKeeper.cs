using GoTo.Accounts;
using GoTo.Calls;
using GoTo.Numbers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Events;

/// <summary>
/// On every silo: keeps each account's channel open somewhere in the cluster, and tells it when a silo died. Also
/// registers the numbers of the configuration, once.
/// </summary>
internal sealed class EventChannelKeeper(
    IGrainFactory grains, AccountClients accounts, IClusterMembershipService membership, IOptions<GoToSettings> settings,
    Rehearsal rehearsal, TimeProvider time, ILogger<EventChannelKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(KeepOpen(stoppingToken), WatchMembership(stoppingToken));

    private async Task KeepOpen(CancellationToken stoppingToken)
    {
        await rehearsal.Run(stoppingToken);
        using var timer = new PeriodicTimer(Period, time);
        var registered = false;
        do
        {
            try
            {
                if (!registered) await RegisterNumbers();
                registered = true;
                foreach (var account in accounts.Names) await grains.EventChannel(account).EnsureOpen();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                logger.NotKept(e.Message);
            }
        }
        while (await Next(timer, stoppingToken));
    }

    private async Task WatchMembership(CancellationToken stoppingToken)
    {
        var dead = new HashSet<SiloAddress>();
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                var died = snapshot.Members.Values.Where(m => m.Status is SiloStatus.Dead && dead.Add(m.SiloAddress)).ToList();
                if (died.Count == 0) continue;
                foreach (var account in accounts.Names)
                    await grains.GetGrain<IEventChannelSignals>(account).SiloLost(snapshot.Version.Value);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task RegisterNumbers()
    {
        foreach (var setting in settings.Value.Numbers)
            await grains.PhoneNumber(PhoneNumber.Parse(setting.Number)).Register(setting.Registration);
    }

    private static async Task<bool> Next(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

internal static partial class EventChannelKeeperLog
{
    [LoggerMessage(1150, LogLevel.Warning, "The event channels could not be reached; trying again. {Detail}")]
    public static partial void NotKept(this ILogger<EventChannelKeeper> logger, string detail);
}
