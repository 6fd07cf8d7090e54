using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GoTo.Silos;

/// <summary>
/// What this silo knows of the others' loads: asked for every second, so that placing a grain asks nobody.
/// </summary>
internal sealed class SiloLoads(
    OwnLoad own, SiloLoadClient client, IClusterMembershipService membership, ILocalSiloDetails local, TimeProvider time,
    ILogger<SiloLoads> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<SiloAddress, byte> _stopping = new();
    private volatile Dictionary<SiloAddress, SiloLoad> _others = [];

    /// <summary>A silo's load; null when it has not told it, or has not answered lately.</summary>
    public SiloLoad? Of(SiloAddress silo)
    {
        if (silo.Equals(local.SiloAddress)) return own.Load;
        if (_stopping.ContainsKey(silo)) return new SiloLoad(0, 0, Draining: true);
        return _others.TryGetValue(silo, out var load) ? load : null;
    }

    /// <summary>What another silo has said in time is known before it is asked the next time.</summary>
    public void HeardOfStop(SiloAddress silo) => _stopping.TryAdd(silo, 0);

    /// <summary>Tells the others that this silo stops; completes when all know that answer.</summary>
    public Task TellOfStop() => Task.WhenAll(Others.Select(silo =>
        Try(silo, async () => { await client.TellOfStop(silo, local.SiloAddress).WaitAsync(Patience, time); return true; })));

    /// <summary>There is another silo that could take over what this one has.</summary>
    public bool OthersServe => Others.Any(silo => Of(silo) is not { Draining: true });

    private IEnumerable<SiloAddress> Others => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status is SiloStatus.Active && !member.SiloAddress.Equals(local.SiloAddress))
        .Select(member => member.SiloAddress);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                var told = await Task.WhenAll(Others.Select(silo => Ask(silo, stoppingToken)));
                _others = told.OfType<(SiloAddress Silo, SiloLoad Load)>().ToDictionary(each => each.Silo, each => each.Load);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private Task<(SiloAddress Silo, SiloLoad Load)?> Ask(SiloAddress silo, CancellationToken stoppingToken) =>
        Try<(SiloAddress, SiloLoad)?>(silo, async () => (silo, await client.Of(silo).WaitAsync(Patience, time, stoppingToken)));

    private async Task<T?> Try<T>(SiloAddress silo, Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It is not up yet, or dying: whoever places a grain takes another one while there is one.
            logger.NotReached(silo, e.Message);
            return default;
        }
    }
}

/// <summary>What silos log of each other; event ids 1500 to 1549.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(1500, LogLevel.Debug, "Silo {Silo} does not answer. {Detail}")]
    public static partial void NotReached(this ILogger<SiloLoads> logger, SiloAddress silo, string detail);
}
