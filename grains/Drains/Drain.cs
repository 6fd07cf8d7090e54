using GoTo.Accounts;
using GoTo.Events;
using GoTo.Media;
using GoTo.Silos;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Drains;

/// <summary>
/// A silo that is told to stop (SIGTERM) takes no new audio, gives its event channels to another silo, and waits for its
/// calls to end. Those that last longer are passed on by GoTo, so that another silo answers them. Only then the silo
/// itself stops. All of it is still served meanwhile: HTTP, grains, audio.
/// </summary>
internal sealed class Drain(
    Silos.Draining draining, MediaHost media, AccountClients accounts, FormerChannels channels, SiloLoads silos, IGrainFactory grains,
    ILocalSiloDetails local, IOptions<DrainSettings> settings, ILogger<Drain> logger) : IHostedLifecycleService
{
    /// <summary>How long a call that is passed on may take to leave.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(20);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        draining.Begin();
        // A silo that is alone has nobody to give anything to: its calls are taken up when it comes back.
        if (!silos.OthersServe) return;
        logger.Begins(media.Calls.Count, settings.Value.Limit);
        await silos.TellOfStop();
        await Task.WhenAll(accounts.Names.Select(HandOver));
        await Task.WhenAll(media.Empty(settings.Value.Limit, cancellationToken), channels.Replaced());
        if (media.Calls.Count == 0) return;
        logger.PassesOn(media.Calls.Count);
        foreach (var call in media.Calls) call.GiveUp("its silo stops");
        await media.Empty(LeaveLimit, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task HandOver(string account)
    {
        try
        {
            await grains.GetGrain<IEventChannelSignals>(account).Leave(local.SiloAddress);
        }
        catch (Exception e)
        {
            // Then it is opened anew when this silo is gone, and compares its calls.
            logger.ChannelStays(account, e.Message);
        }
    }
}

/// <summary>What a silo that stops logs; event ids 1550 to 1599.</summary>
internal static partial class DrainLog
{
    [LoggerMessage(1550, LogLevel.Information, "This silo stops: {Calls} calls have up to {Limit} to end")]
    public static partial void Begins(this ILogger<Drain> logger, int calls, TimeSpan limit);

    [LoggerMessage(1551, LogLevel.Warning, "This silo stops: {Calls} calls that have not ended are passed on")]
    public static partial void PassesOn(this ILogger<Drain> logger, int calls);

    [LoggerMessage(1552, LogLevel.Warning, "The channel of {Account} could not be handed over. {Detail}")]
    public static partial void ChannelStays(this ILogger<Drain> logger, string account, string detail);
}
