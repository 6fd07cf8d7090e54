using System.Diagnostics;
using GoTo.Calls;
using GoTo.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;

namespace GoTo.EndToEnd.Tests;

/// <summary>A service of somebody's that works with the calls: it has the cluster's client, and no more.</summary>
internal sealed class Service : IAsyncDisposable
{
    /// <summary>In whose name it acts.</summary>
    public const string Actor = "a-service";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MoveAgain = TimeSpan.FromSeconds(5);

    private readonly IHost _host;

    private Task? _started;

    private Service(IHost host) => _host = host;

    public IGoTo GoTo => _host.Services.GetRequiredService<IGoTo>();

    /// <summary>The grains, for what the client has no words for.</summary>
    public IClusterClient Cluster => _host.Services.GetRequiredService<IClusterClient>();

    private IManagementGrain Management => Cluster.GetGrain<IManagementGrain>(0);

    /// <summary>Connects to the silos that have these settings, and waits until the account's event channel is up.</summary>
    public static async Task<Service> Connect(IReadOnlyDictionary<string, string?> siloSettings)
    {
        var service = Connecting(siloSettings);
        await service.Connected();
        return service;
    }

    /// <summary>Begins to connect to silos that may not be up yet.</summary>
    public static Service Connecting(IReadOnlyDictionary<string, string?> siloSettings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(siloSettings);
        builder.Configuration["GoTo:Client:Actor"] ??= Actor;
        builder.AddGoToClient();
        return new Service(builder.Build());
    }

    /// <summary>Waits until it is connected.</summary>
    public Task Connected() => _started ??= _host.StartAsync(TestContext.Current.CancellationToken)
        .Within(ConnectLimit, () => "the client is connected to the cluster");

    /// <summary>Waits until an account's event channel is up, and how often it was opened by then.</summary>
    public async Task<long> ChannelUp(TimeSpan? limit = null, long afterEpoch = 0, string account = World.Account)
    {
        await Connected();
        var epoch = 0L;
        await Until.True(
            async () => await Asked(async () =>
            {
                var channel = await GoTo.Channel(account);
                epoch = channel.Epoch;
                return channel.Connected && epoch > afterEpoch;
            }),
            limit ?? ConnectLimit, "the account's event channel is connected");
        return epoch;
    }

    /// <summary>Where the grains of a type are: by their keys, the silo's port.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Locate(string grainType) =>
        (await Activations(grainType)).ToDictionary(grain => grain.Key, grain => grain.SiloPort);

    /// <summary>Moves a call's grain to another silo, as Orleans does it when it balances.</summary>
    public async Task Move(CallKey call, int siloPort)
    {
        long? asked = null;
        await Until.True(
            async () =>
            {
                var at = (await Activations("call")).Where(grain => grain.Key == call.ToString()).Select(grain => grain.SiloPort).ToList();
                if (at is [var port] && port == siloPort) return true;
                // Whoever asks the call something in the wrong moment brings it to life elsewhere: then it is moved again.
                if (at.Count == 1 && (asked is not { } since || Stopwatch.GetElapsedTime(since) > MoveAgain))
                {
                    await At(siloPort, async () => await Cluster.Call(call).AsReference<IGrainManagementExtension>().MigrateOnIdle());
                    asked = Stopwatch.GetTimestamp();
                }
                return false;
            },
            ConnectLimit, $"{call} is at {siloPort}, and nowhere else");
    }

    /// <summary>Where grains that are made by what is called in this are put.</summary>
    public async Task At(int siloPort, Func<Task> call)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, await Silo(siloPort));
        try
        {
            await call();
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    /// <summary>Waits until the cluster counts just these silos as active.</summary>
    public async Task SeesSilos(params int[] ports)
    {
        await Until.True(
            async () => await Asked(async () =>
            {
                var active = await Management.GetHosts(onlyActive: true);
                return active.Keys.Select(silo => silo.Endpoint.Port).Order().SequenceEqual(ports.Order());
            }),
            ConnectLimit, $"the silos at {string.Join(", ", ports)} are active, and no others");
    }

    /// <summary>What is so, as far as somebody can be asked.</summary>
    public static async Task<bool> Asked(Func<Task<bool>> question)
    {
        try
        {
            return await question();
        }
        catch (OrleansException)
        {
            // The silo that was asked is gone.
            return false;
        }
    }

    /// <summary>Follows a call's journal, from its first entry on.</summary>
    public JournalReader Follow(CallKey call) => new(GoTo.Calls, call);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private async Task<SiloAddress> Silo(int port) =>
        (await Management.GetHosts(onlyActive: true)).Keys.Single(silo => silo.Endpoint.Port == port);

    private async Task<IEnumerable<(string Key, int SiloPort)>> Activations(string grainType)
    {
        DetailedGrainStatistic[] grains = [];
        await Until.True(
            async () => await Asked(async () =>
            {
                // Every silo is asked, also one that has just died or is about to leave.
                grains = await Management.GetDetailedGrainStatistics();
                return true;
            }),
            ConnectLimit, $"the silos tell which grains of the type {grainType} they have");
        return grains.Where(grain => grain.GrainId.Type.ToString() == grainType)
            .Select(grain => (grain.GrainId.Key.ToString()!, grain.SiloAddress.Endpoint.Port));
    }
}
