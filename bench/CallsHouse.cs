using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GoTo.Calls;
using GoTo.Simulator.Cloud;

namespace GoTo.Bench;

/// <summary>
/// What call control is measured in: the production silo in a process of its own, as it is shipped; GoTo's cloud and the room
/// server as simulated in another; in this process the cluster's client. So what each costs is told apart.
/// </summary>
internal sealed class CallsHouse : IAsyncDisposable
{
    public const string Account = "bench";
    public const string Tenant = "bench-tenant";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _cloud;
    private readonly Process _silo;
    private readonly IHost _client;

    private CallsHouse(Process cloud, Uri cloudUrl, Process silo, IHost client) =>
        (_cloud, CloudUrl, _silo, _client) = (cloud, cloudUrl, silo, client);

    public static string Number => CloudAccount.Demo.Lines[0].Numbers[0];

    public Uri CloudUrl { get; }

    public IGrainFactory Grains => _client.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The CPU time that the silo has spent so far.</summary>
    public TimeSpan SiloCpu => Cpu(_silo);

    /// <summary>The CPU time that cloud and room server have spent so far.</summary>
    public TimeSpan CloudCpu => Cpu(_cloud);

    /// <param name="store">Where the silo stores: a setting of its own, and its value.</param>
    /// <param name="folder">For the silo's files.</param>
    public static async Task<CallsHouse> Build((string Setting, string Value) store, string folder)
    {
        var cloud = StartCloud();
        var (cloudUrl, roomsUrl) = (await Line(cloud), await Line(cloud));
        var (run, gateway, http) = ($"bench-{Guid.NewGuid():N}", FreePort(), FreePort());
        var silo = StartSilo(folder, http, new Dictionary<string, string?>
        {
            [$"GoTo:Accounts:{Account}:BaseUrl"] = cloudUrl,
            [$"GoTo:Accounts:{Account}:ClientId"] = CloudAccount.Demo.ClientId,
            [$"GoTo:Accounts:{Account}:Username"] = CloudAccount.Demo.Username,
            [$"GoTo:Accounts:{Account}:Password"] = CloudAccount.Demo.Password,
            [$"GoTo:Accounts:{Account}:CallControlLimit"] = "1000000",
            ["GoTo:Numbers:0:Number"] = Number,
            ["GoTo:Numbers:0:Tenant"] = Tenant,
            ["GoTo:Numbers:0:Agent"] = "nobody",
            ["GoTo:Numbers:0:AgentTimeout"] = "00:01:00",
            ["GoTo:LiveKit:Url"] = roomsUrl,
            ["GoTo:LiveKit:ApiKey"] = CallsCloud.ApiKey,
            ["GoTo:LiveKit:ApiSecret"] = CallsCloud.ApiSecret,
            ["GoTo:Cluster:ServiceId"] = run,
            ["GoTo:Cluster:ClusterId"] = run,
            ["GoTo:Cluster:SiloPort"] = FreePort(),
            ["GoTo:Cluster:GatewayPort"] = gateway,
            ["Logging:LogLevel:Default"] = nameof(LogLevel.Error),
            ["Logging:LogLevel:Orleans"] = nameof(LogLevel.Error),
            [store.Setting] = store.Value,
        });
        await WhenHealthy(silo, http);
        var host = Host.CreateApplicationBuilder();
        host.Logging.SetMinimumLevel(LogLevel.Error);
        host.Services.AddGoToClient(options =>
            (options.ServiceId, options.ClusterId, options.GatewayPort) = (run, run, int.Parse(gateway, CultureInfo.InvariantCulture)));
        var client = host.Build();
        await client.StartAsync();
        var house = new CallsHouse(cloud, new Uri(cloudUrl), silo, client);
        while (!(await house.Grains.EventChannel(Account).Describe()).Connected) await Task.Delay(50);
        return house;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        _client.Dispose();
        foreach (var process in new[] { _silo, _cloud })
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static Process StartCloud() => Process.Start(new ProcessStartInfo("dotnet", [typeof(CallsHouse).Assembly.Location, CallsCloud.Command])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task<string> Line(Process process)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        return await process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new InvalidOperationException("Cloud and room server ended instead of coming up.");
    }

    private static Process StartSilo(string folder, string http, Dictionary<string, string?> settings)
    {
        var silo = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Orleans.GoTo.Silo.dll"), "--urls", $"http://127.0.0.1:{http}"])
        {
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in settings) silo.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(silo)!;
    }

    private static async Task WhenHealthy(Process silo, string port)
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            if (silo.HasExited) throw new InvalidOperationException($"The silo ended with {silo.ExitCode} instead of coming up.");
            try
            {
                using var reply = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/healthz"), limit.Token);
                if (reply.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
            await Task.Delay(100, limit.Token);
        }
    }

    private static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"{((IPEndPoint)socket.LocalEndPoint!).Port}";
    }
}
