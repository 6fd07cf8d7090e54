using GoTo.Client;
using GoTo.LiveKit;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Cloud;
using GoTo.Simulator.Phones;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Silo.Tests.Calls;

/// <summary>A silo as production composes it, with GoTo's cloud, a room server, an agent and a phone on loopback.</summary>
internal sealed class SiloInWorld : IAsyncDisposable
{
    public const string Account = "main";
    public const string Caller = "+15555550177";
    public const string ApiSecret = "marked-livekit-secret-of-thirty-two";

    private readonly string _folder = Directory.CreateTempSubdirectory("goto-world-").FullName;
    private readonly RtcEngine _phones = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private GoToCloud _cloud = null!;
    private RoomServer _rooms = null!;
    private EchoAgent _agent = null!;

    public static string Number => CloudAccount.Demo.Lines[0].Numbers[0];

    public LogLines Log { get; } = new();

    public WebApplication Silo { get; private set; } = null!;

    public ICalls Calls => Silo.Services.GetRequiredService<IGoTo>().Calls;

    public static async Task<SiloInWorld> Start(CancellationToken cancellation)
    {
        var world = new SiloInWorld();
        var (time, logs) = (TimeProvider.System, NullLoggerFactory.Instance);
        await world._phones.Ready;
        world._cloud = await GoToCloud.Start(new GoToCloudOptions(), time, logs, cancellation);
        world._rooms = await RoomServer.Start(new RoomServerOptions { ApiKey = "key", ApiSecret = ApiSecret }, time, logs, cancellation);
        world._agent = await EchoAgent.Start(
            new EchoAgentOptions { Server = new LiveKitOptions { Url = world._rooms.Url, ApiKey = "key", ApiSecret = ApiSecret } },
            time, logs, cancellation);
        world.Silo = GoToSilo.Create(["--urls", "http://127.0.0.1:0"], builder =>
        {
            builder.Configuration.AddInMemoryCollection(world.Settings());
            builder.Logging.ClearProviders().AddProvider(world.Log).SetMinimumLevel(LogLevel.Trace);
            builder.Services.AddGoToCalls();
        });
        await world.Silo.StartAsync(cancellation);
        await Until(async () => (await world.Silo.Services.GetRequiredService<IGoTo>().Channel(Account)).Connected, cancellation);
        return world;
    }

    /// <summary>A phone that says one word and stays on the line until it is hung up on.</summary>
    public async Task<PhoneReport> Dial(CancellationToken cancellation, bool untilHungUpOn = false) =>
        await new ScriptedPhone(_phones, TimeProvider.System).Call(_cloud.PhoneSocketUrl, new PhoneScript
        {
            From = Caller, To = Number,
            Audio = [.. Enumerable.Range(0, untilHungUpOn ? 1500 : 25).Select(i => new OpusPacket(new byte[] { 0xF8, (byte)i, 1, 2, 3 }, 960))],
        }, cancellation: cancellation);

    public static async Task Until(Func<Task<bool>> condition, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition()) await timer.WaitForNextTickAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Silo.StopAsync();
        await Silo.DisposeAsync();
        await _agent.DisposeAsync();
        await _rooms.DisposeAsync();
        await _cloud.DisposeAsync();
        await _phones.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>
        {
            [$"GoTo:Accounts:{Account}:BaseUrl"] = _cloud.BaseUrl.ToString(),
            [$"GoTo:Accounts:{Account}:ClientId"] = CloudAccount.Demo.ClientId,
            [$"GoTo:Accounts:{Account}:Username"] = CloudAccount.Demo.Username,
            [$"GoTo:Accounts:{Account}:Password"] = CloudAccount.Demo.Password,
            ["GoTo:Numbers:0:Number"] = Number, ["GoTo:Numbers:0:Tenant"] = "acme", ["GoTo:Numbers:0:Agent"] = "echo",
            ["GoTo:Media:WarmUpCalls"] = "1",
            ["GoTo:LiveKit:Url"] = _rooms.Url.ToString(), ["GoTo:LiveKit:ApiKey"] = "key", ["GoTo:LiveKit:ApiSecret"] = ApiSecret,
            ["GoTo:Cluster:SiloPort"] = $"{Storage.TestStore.FreePort()}",
            ["GoTo:Cluster:GatewayPort"] = $"{Storage.TestStore.FreePort()}",
            ["GoTo:Cluster:SqliteFile"] = Path.Combine(_folder, "goto.db"),
        };
        foreach (var category in new[] { "Default", "GoTo", "System.Net.Http", "Microsoft", "Polly" })
            settings[$"Logging:LogLevel:{category}"] = "Trace";
        settings["Logging:LogLevel:Orleans"] = "Information";
        return settings;
    }
}
