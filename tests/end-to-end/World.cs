using GoTo.LiveKit;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Cloud;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests;

/// <summary>What the internet would hold: GoTo's cloud, phones, a room server, an agent. The silos are the tests' own.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string Account = "main";

    /// <summary>A number whose agent is there and echoes.</summary>
    public const string Number = "+15555550100";

    /// <summary>A number whose agent, <see cref="LateAgent"/>, is not there unless a test starts it.</summary>
    public const string NumberOfLateAgent = "+15555550101";

    /// <summary>A number of the account that nobody registered.</summary>
    public const string UnknownNumber = "+15555550102";

    /// <summary>A number whose agent a test joins itself, as a <see cref="Phones.ToneAgent"/>.</summary>
    public const string NumberOfToneAgent = "+15555550103";

    /// <summary>A number whose agents never come, and whose calls then go to extension 1001.</summary>
    public const string NumberWithFallback = "+15555550104";

    /// <summary>A number whose room has a policy of its own: its agent, <see cref="ToneAgent"/>, is not told the caller's number or keys.</summary>
    public const string DiscreetNumber = "+15555550105";

    /// <summary>A number that greets its callers before its agent, <see cref="ToneAgent"/>, is there.</summary>
    public const string GreetingNumber = "+15555550106";

    /// <summary>The same, but that no agent comes.</summary>
    public const string GreetingNumberWithFallback = "+15555550107";

    public const string LateAgent = "late";

    public const string ToneAgent = "tone";

    /// <summary>The room server's secret.</summary>
    public const string RoomSecret = "test-secret-of-thirty-two-letters";

    private const string ApiKey = "test-key";

    private readonly string _folder = Directory.CreateTempSubdirectory("goto-test-").FullName;
    private readonly List<EchoAgent> _agents = [];
    private readonly RtcEngine _phones = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly HttpClient _http = new();
    private RoomServer _rooms = null!;

    private World()
    {
    }

    /// <summary>What is to go wrong with the room server.</summary>
    public RoomFaults Faults { get; } = new();

    public RoomServer Rooms => _rooms;

    public RoomServiceClient RoomService => new(LiveKit, _http, TimeProvider.System);

    public GoToCloud Cloud { get; private set; } = null!;

    public RtcEngine Engine => _phones;

    public LiveKitOptions LiveKit => new() { Url = _rooms.Url, ApiKey = ApiKey, ApiSecret = RoomSecret };

    /// <param name="change">Changes the cloud's account.</param>
    public static async Task<World> Start(Func<CloudAccount, CloudAccount>? change = null)
    {
        var stop = TestContext.Current.CancellationToken;
        var world = new World();
        var account = CloudAccount.Demo with
        {
            Lines = [.. CloudAccount.Demo.Lines, new CloudLine("line_tone", "1003", "Tones", [NumberOfToneAgent, NumberWithFallback, DiscreetNumber, GreetingNumber, GreetingNumberWithFallback])],
        };
        var options = new GoToCloudOptions
        {
            RingTimeout = TimeSpan.FromMinutes(3),
            Accounts = [change?.Invoke(account) ?? account],
        };
        world.Cloud = await GoToCloud.Start(options, TimeProvider.System, NullLoggerFactory.Instance, stop);
        world._rooms = await world.StartRooms(port: 0);
        await world.StartAgent("echo");
        await world._phones.Ready;
        return world;
    }

    /// <summary>The room server is stopped, and another one started in its place that knows of nothing.</summary>
    public async Task RestartRooms()
    {
        await _rooms.DisposeAsync();
        _rooms = await StartRooms(_rooms.Url.Port);
    }

    // An agent that comes back when its room is gone makes one anew, and sits there alone until that is found empty.
    private Task<RoomServer> StartRooms(int port) => RoomServer.Start(
        new RoomServerOptions
        {
            ApiKey = ApiKey, ApiSecret = RoomSecret, Port = port, Faults = Faults, EmptyTimeout = TimeSpan.FromSeconds(20),
        },
        TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    /// <summary>Starts an agent that echoes, under a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="fault">What goes wrong with which job.</param>
    public async Task<EchoAgent> StartAgent(string name, Func<string, EchoAgentFault>? fault = null)
    {
        var agent = await EchoAgent.Start(
            new EchoAgentOptions { Server = LiveKit, AgentName = name, Fault = fault ?? (_ => EchoAgentFault.None) },
            TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>An agent is gone for good: it leaves its rooms, and takes no more jobs.</summary>
    public async Task StopAgent(EchoAgent agent)
    {
        _agents.Remove(agent);
        await agent.DisposeAsync();
    }

    /// <summary>A phone dials.</summary>
    public PhoneInCall Dial(IEnumerable<OpusPacket> speech, string to = Number) => new(_phones, Cloud.PhoneSocketUrl, to, speech);

    /// <summary>A silo's settings: alone with SQLite.</summary>
    /// <param name="patience">How long <see cref="NumberOfLateAgent"/> rings before it is refused as busy.</param>
    public Dictionary<string, string?> SiloSettings(TimeSpan? patience = null) => new()
    {
        [$"GoTo:Accounts:{Account}:BaseUrl"] = Cloud.BaseUrl.ToString(),
        [$"GoTo:Accounts:{Account}:ClientId"] = CloudAccount.Demo.ClientId,
        [$"GoTo:Accounts:{Account}:Username"] = CloudAccount.Demo.Username,
        [$"GoTo:Accounts:{Account}:Password"] = CloudAccount.Demo.Password,
        // The tests of one house do more in a minute than an account may (specification section 9.1).
        [$"GoTo:Accounts:{Account}:CallControlLimit"] = "100000",
        ["GoTo:Numbers:0:Number"] = Number,
        ["GoTo:Numbers:0:Tenant"] = "acme",
        ["GoTo:Numbers:0:Agent"] = "echo",
        ["GoTo:Numbers:1:Number"] = NumberOfLateAgent,
        ["GoTo:Numbers:1:Tenant"] = "acme",
        ["GoTo:Numbers:1:Agent"] = LateAgent,
        ["GoTo:Numbers:1:AgentTimeout"] = $"{patience ?? TimeSpan.FromSeconds(1)}",
        ["GoTo:Numbers:2:Number"] = NumberOfToneAgent,
        ["GoTo:Numbers:2:Tenant"] = "acme",
        ["GoTo:Numbers:2:Agent"] = ToneAgent,
        ["GoTo:Numbers:2:AgentTimeout"] = "00:00:30",
        ["GoTo:Numbers:3:Number"] = NumberWithFallback,
        ["GoTo:Numbers:3:Tenant"] = "acme",
        ["GoTo:Numbers:3:Agent"] = "nobody",
        ["GoTo:Numbers:3:NextAgents:0"] = "nobody-else",
        ["GoTo:Numbers:3:AgentTimeout"] = "00:00:00.5",
        ["GoTo:Numbers:3:Fallback"] = "ext:1001",
        ["GoTo:Numbers:4:Number"] = DiscreetNumber,
        ["GoTo:Numbers:4:Tenant"] = "acme",
        ["GoTo:Numbers:4:Agent"] = ToneAgent,
        ["GoTo:Numbers:4:AgentTimeout"] = "00:00:30",
        ["GoTo:Numbers:4:RoomName"] = "{tenant}-{call}",
        ["GoTo:Numbers:4:Room:Metadata"] = "discreet",
        ["GoTo:Numbers:4:Room:DepartureTimeout"] = "00:00:09",
        ["GoTo:Numbers:4:Room:ParticipantName"] = "Somebody",
        ["GoTo:Numbers:4:Room:HidesNumber"] = "true",
        ["GoTo:Numbers:4:Room:Dtmf"] = "ToPhone",
        ["GoTo:Numbers:5:Number"] = GreetingNumber,
        ["GoTo:Numbers:5:Tenant"] = "acme",
        ["GoTo:Numbers:5:Agent"] = ToneAgent,
        ["GoTo:Numbers:5:AgentTimeout"] = "00:00:30",
        ["GoTo:Numbers:5:EarlyGreeting"] = "speech",
        ["GoTo:Numbers:6:Number"] = GreetingNumberWithFallback,
        ["GoTo:Numbers:6:Tenant"] = "acme",
        ["GoTo:Numbers:6:Agent"] = "nobody",
        ["GoTo:Numbers:6:AgentTimeout"] = "00:00:01",
        ["GoTo:Numbers:6:EarlyGreeting"] = "speech",
        ["GoTo:Numbers:6:Fallback"] = "ext:1001",
        // Each test's silo is short-lived: its calls need not be fast.
        ["GoTo:Media:WarmUpCalls"] = "1",
        ["GoTo:Media:Announcements"] = Path.Combine(AppContext.BaseDirectory, "assets"),
        ["GoTo:LiveKit:Url"] = _rooms.Url.ToString(),
        ["GoTo:LiveKit:ApiKey"] = ApiKey,
        ["GoTo:LiveKit:ApiSecret"] = RoomSecret,
        ["GoTo:Cluster:SiloPort"] = $"{Ports.Free()}",
        ["GoTo:Cluster:GatewayPort"] = $"{Ports.Free()}",
        ["GoTo:Cluster:SqliteFile"] = Path.Combine(_folder, "goto.db"),
    };

    /// <summary>Settings for the silos of one new cluster on the real Redis and PostgreSQL, each silo with ports of its own.</summary>
    public IReadOnlyList<Dictionary<string, string?>> ClusterSettings(int silos)
    {
        var (redis, postgreSql) = (Given("GOTO_TEST_REDIS"), Given("GOTO_TEST_POSTGRESQL"));
        var cluster = $"test-{Guid.NewGuid():N}";
        return [.. Enumerable.Range(0, silos).Select(_ => new Dictionary<string, string?>(SiloSettings())
        {
            ["ConnectionStrings:Redis"] = redis,
            ["ConnectionStrings:PostgreSql"] = postgreSql,
            ["GoTo:Cluster:ServiceId"] = cluster,
            ["GoTo:Cluster:ClusterId"] = cluster,
            ["GoTo:Cluster:AdvertisedAddress"] = "127.0.0.1",
        })];

        static string Given(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"{variable} is not set: this test needs a real Redis and PostgreSQL. ./test.sh starts both and sets it.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents) await agent.DisposeAsync();
        await _rooms.DisposeAsync();
        await Cloud.DisposeAsync();
        await _phones.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
