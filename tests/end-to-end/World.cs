using GoTo.Client;
using GoTo.LiveKit;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Cloud;
using GoTo.Simulator.Rooms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests;

/// <summary>What the internet would hold: GoTo's cloud, a room server, an agent. The silos are the tests' own.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Account = "main";
    public const string Number = "+15555550100";
    public const string UnknownNumber = "+15555550102";

    private const string ApiKey = "test-key";
    private const string ApiSecret = "test-secret-of-thirty-two-letters";

    private readonly string _folder = Directory.CreateTempSubdirectory("goto-test-").FullName;
    private readonly List<IHost> _clients = [];
    private EchoAgent _agent = null!;
    private RoomServer _rooms = null!;

    public GoToCloud Cloud { get; private set; } = null!;

    public static async Task<World> Start(CancellationToken cancellation)
    {
        var logs = NullLoggerFactory.Instance;
        var world = new World { Cloud = await GoToCloud.Start(new GoToCloudOptions(), TimeProvider.System, logs, cancellation) };
        world._rooms = await RoomServer.Start(
            new RoomServerOptions { ApiKey = ApiKey, ApiSecret = ApiSecret }, TimeProvider.System, logs, cancellation);
        world._agent = await EchoAgent.Start(
            new EchoAgentOptions { Server = new LiveKitOptions { Url = world._rooms.Url, ApiKey = ApiKey, ApiSecret = ApiSecret } },
            TimeProvider.System, logs, cancellation);
        return world;
    }

    /// <summary>A silo's settings: alone with SQLite, unless Redis and PostgreSQL are named.</summary>
    public Dictionary<string, string?> SiloSettings() => new()
    {
        [$"GoTo:Accounts:{Account}:BaseUrl"] = Cloud.BaseUrl.ToString(),
        [$"GoTo:Accounts:{Account}:ClientId"] = CloudAccount.Demo.ClientId,
        [$"GoTo:Accounts:{Account}:Username"] = CloudAccount.Demo.Username,
        [$"GoTo:Accounts:{Account}:Password"] = CloudAccount.Demo.Password,
        ["GoTo:Numbers:0:Number"] = Number,
        ["GoTo:Numbers:0:Tenant"] = "acme",
        ["GoTo:Numbers:0:Agent"] = "echo",
        ["GoTo:LiveKit:Url"] = _rooms.Url.ToString(),
        ["GoTo:LiveKit:ApiKey"] = ApiKey,
        ["GoTo:LiveKit:ApiSecret"] = ApiSecret,
        ["GoTo:Cluster:SiloPort"] = $"{Ports.Free()}",
        ["GoTo:Cluster:GatewayPort"] = $"{Ports.Free()}",
        ["GoTo:Cluster:SqliteFile"] = Path.Combine(_folder, "goto.db"),
    };

    /// <summary>A service of somebody's, connected to the silos that have these settings.</summary>
    public async Task<IGoTo> Client(IReadOnlyDictionary<string, string?> siloSettings, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(siloSettings);
        builder.AddGoToClient();
        var host = builder.Build();
        _clients.Add(host);
        await host.StartAsync(cancellation);
        return host.Services.GetRequiredService<IGoTo>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.StopAsync();
            client.Dispose();
        }
        await _agent.DisposeAsync();
        await _rooms.DisposeAsync();
        await Cloud.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
