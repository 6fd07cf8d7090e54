using GoTo.Calls;
using GoTo.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GoTo.EndToEnd.Tests;

/// <summary>A service of somebody's that works with the calls: it has the cluster's client, and no more.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    private Service(IHost host) => _host = host;

    public IGoTo GoTo => _host.Services.GetRequiredService<IGoTo>();

    private IManagementGrain Management => _host.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0);

    /// <summary>Connects to the silos that have these settings, and waits until the account's event channel is up.</summary>
    public static async Task<Service> Connect(IReadOnlyDictionary<string, string?> siloSettings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(siloSettings);
        builder.AddGoToClient();
        var service = new Service(builder.Build());
        await service._host.StartAsync(TestContext.Current.CancellationToken)
            .Within(ConnectLimit, () => "the client is connected to the cluster");
        return service;
    }

    /// <summary>Waits until the account's event channel is up, and how often it was opened by then.</summary>
    public async Task<long> ChannelUp(TimeSpan? limit = null, long afterEpoch = 0)
    {
        var epoch = 0L;
        await Until.True(
            async () =>
            {
                try
                {
                    var channel = await GoTo.Channel(World.Account);
                    epoch = channel.Epoch;
                    return channel.Connected && epoch > afterEpoch;
                }
                catch (OrleansException)
                {
                    // The silo that was asked is gone.
                    return false;
                }
            },
            limit ?? ConnectLimit, "the account's event channel is connected");
        return epoch;
    }

    /// <summary>Where the grains of a type are: by their keys, the silo's port.</summary>
    public async Task<IReadOnlyDictionary<string, int>> Locate(string grainType)
    {
        var grains = await Management.GetDetailedGrainStatistics();
        return grains.Where(grain => grain.GrainId.Type.ToString() == grainType).ToDictionary(
            grain => grain.GrainId.Key.ToString()!, grain => grain.SiloAddress.Endpoint.Port);
    }

    /// <summary>The ports of the silos that the cluster counts as active.</summary>
    public async Task<IReadOnlyList<int>> ActiveSilos() =>
        [.. (await Management.GetHosts(onlyActive: true)).Keys.Select(silo => silo.Endpoint.Port)];

    /// <summary>Follows a call's journal, from its first entry on.</summary>
    public JournalReader Follow(CallKey call) => new(GoTo.Calls, call);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
