using System.Net;
using System.Net.Sockets;
using GoTo.Client;
using GoTo.LiveKit;
using GoTo.Silo;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Cloud;
using GoTo.Simulator.Rooms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GoTo.Demo;

/// <summary>
/// The whole house in one process: the production silo, and beside it what the internet would hold: GoTo's cloud, a room
/// server, an agent. They meet over HTTP, WebSocket and UDP on loopback only; no object is shared.
/// </summary>
public sealed class DemoHouse : IAsyncDisposable
{
    /// <summary>The account's name in the silo's configuration.</summary>
    public const string Account = "demo";

    /// <summary>The agent that the demo number dispatches.</summary>
    public const string AgentName = "echo";

    private const string ApiKey = "demo-key";
    private const string ApiSecret = "demo-secret-that-only-the-demo-knows";

    private readonly Stack<IAsyncDisposable> _rooms = new();

    private DemoHouse()
    {
    }

    /// <summary>GoTo's cloud, simulated.</summary>
    public GoToCloud Cloud { get; private set; } = null!;

    /// <summary>The room server.</summary>
    public RoomServer RoomServer { get; private set; } = null!;

    /// <summary>The silo's host.</summary>
    public WebApplication Silo { get; private set; } = null!;

    /// <summary>The cluster, as any service would see it.</summary>
    public IGoTo GoTo => Silo.Services.GetRequiredService<IGoTo>();

    /// <summary>The Orleans dashboard.</summary>
    public Uri Dashboard => new(new Uri(Silo.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.First()), "dashboard");

    /// <summary>The number that the demo phone calls.</summary>
    public static string Number => CloudAccount.Demo.Lines[0].Numbers[0];

    /// <summary>Builds the house, room by room; the silo last, since it calls at the others.</summary>
    /// <param name="options">Ports and files.</param>
    /// <param name="logs">Where the simulators log; the silo logs by its own configuration.</param>
    /// <param name="cancellationToken">Gives up building.</param>
    public static async Task<DemoHouse> Build(DemoOptions options, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var house = new DemoHouse();
        try
        {
            house.Cloud = house.Enter(await GoToCloud.Start(
                new GoToCloudOptions { Port = Free(options.CloudPort) }, TimeProvider.System, logs, cancellationToken));
            house.RoomServer = house.Enter(await RoomServer.Start(
                new RoomServerOptions { Port = Free(options.RoomServerPort), ApiKey = ApiKey, ApiSecret = ApiSecret },
                TimeProvider.System, logs, cancellationToken));
            house.Enter(await EchoAgent.Start(
                new EchoAgentOptions { Server = house.LiveKit, AgentName = AgentName },
                TimeProvider.System, logs, cancellationToken));
            house.Silo = house.Enter(GoToSilo.Create(["--urls", $"http://127.0.0.1:{Free(options.DashboardPort)}"], builder =>
            {
                builder.Configuration.AddInMemoryCollection(house.SiloSettings(options));
                builder.Configuration.AddInMemoryCollection(options.SiloSettings);
                builder.Services.AddGoToCalls();
            }));
            await house.Silo.StartAsync(cancellationToken);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the house down in reverse.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_rooms.TryPop(out var room))
        {
            if (room is WebApplication silo) await silo.StopAsync();
            await room.DisposeAsync();
        }
    }

    private LiveKitOptions LiveKit => new() { Url = RoomServer.Url, ApiKey = ApiKey, ApiSecret = ApiSecret };

    /// <summary>What an operator would write into <c>appsettings.json</c>.</summary>
    private Dictionary<string, string?> SiloSettings(DemoOptions options) => new()
    {
        [$"GoTo:Accounts:{Account}:BaseUrl"] = Cloud.BaseUrl.ToString(),
        [$"GoTo:Accounts:{Account}:ClientId"] = CloudAccount.Demo.ClientId,
        [$"GoTo:Accounts:{Account}:Username"] = CloudAccount.Demo.Username,
        [$"GoTo:Accounts:{Account}:Password"] = CloudAccount.Demo.Password,
        ["GoTo:Numbers:0:Number"] = Number,
        ["GoTo:Numbers:0:Tenant"] = "demo-tenant",
        ["GoTo:Numbers:0:Agent"] = AgentName,
        ["GoTo:LiveKit:Url"] = RoomServer.Url.ToString(),
        ["GoTo:LiveKit:ApiKey"] = ApiKey,
        ["GoTo:LiveKit:ApiSecret"] = ApiSecret,
        ["GoTo:Cluster:SiloPort"] = $"{Free(options.SiloPort)}",
        ["GoTo:Cluster:GatewayPort"] = $"{Free(options.GatewayPort)}",
        ["GoTo:Cluster:SqliteFile"] = options.SqliteFile,
        ["GoTo:Drain:Limit"] = "00:00:00",
        ["Logging:LogLevel:Default"] = LevelOf(options),
        ["Logging:LogLevel:Orleans"] = LevelOf(options),
        ["Logging:LogLevel:Microsoft"] = LevelOf(options),
    };

    private static string LevelOf(DemoOptions options) => $"{(options.Verbose ? LogLevel.Information : LogLevel.Error)}";

    private T Enter<T>(T room)
        where T : IAsyncDisposable
    {
        _rooms.Push(room);
        return room;
    }

    /// <summary>The wished port if nobody has it, else a free one: a demo should start on a busy machine too.</summary>
    private static int Free(int wished)
    {
        foreach (var port in new[] { wished, 0 })
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse && port != 0)
            {
                continue;
            }
        }
        throw new InvalidOperationException("No TCP port is free on 127.0.0.1.");
    }
}
