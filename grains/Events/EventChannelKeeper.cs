using GoTo.Accounts;
using GoTo.Calls;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GoTo.Events;

/// <summary>
/// On every silo: keeps each account's channel open somewhere in the cluster, and tells it when a silo died.
/// </summary>
internal sealed class EventChannelKeeper(
    IGrainFactory grains, AccountClients accounts, IClusterMembershipService membership,
    Rehearsal rehearsal, TimeProvider time, ILogger<EventChannelKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(KeepOpen(stoppingToken), WatchMembership(stoppingToken));

    private async Task KeepOpen(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        await Try(() => rehearsal.Run(stoppingToken));
        do
        {
            foreach (var account in accounts.Names) await Try(() => grains.EventChannel(account).EnsureOpen());
        }
        while (await Next(timer, stoppingToken));
    }

    /// <summary>
    /// The first snapshot tells of silos that died before this one was there; those who were there have seen to them.
    /// </summary>
    private async Task WatchMembership(CancellationToken stoppingToken)
    {
        HashSet<SiloAddress>? dead = null;
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                var now = snapshot.Members.Values.Where(m => m.Status is SiloStatus.Dead).Select(m => m.SiloAddress).ToHashSet();
                if (dead is not null && !now.IsSubsetOf(dead)) await TellOfLoss(snapshot.Version.Value, stoppingToken);
                dead = now;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TellOfLoss(long version, CancellationToken stoppingToken)
    {
        foreach (var account in accounts.Names)
        {
            while (!await Try(() => grains.GetGrain<IEventChannelSignals>(account).SiloLost(version)))
                await Task.Delay(Period, time, stoppingToken);
        }
    }

    /// <summary>Whatever fails, in storage, in the cluster, at GoTo: a silo that carries calls does not stop for it.</summary>
    private async Task<bool> Try(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (Exception e)
        {
            logger.NotKept(e.Message);
            return false;
        }
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
