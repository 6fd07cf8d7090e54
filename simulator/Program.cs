using System.Runtime.InteropServices;
using GoTo.LiveKit;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Cloud;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;

// `dotnet run --project simulator -- --urls http://127.0.0.1:9200`: GoTo's cloud, a room server and an echo agent by
// themselves, for any client. The README beside this file says what they speak.
var configuration = new ConfigurationBuilder().AddEnvironmentVariables("GOTO_SIMULATOR_").AddCommandLine(args).Build();
if (!Loopback(configuration["urls"] ?? "http://127.0.0.1:9200", out var url))
    return await Refuse("--urls must be one http or https address on loopback, such as http://127.0.0.1:9200.", 2);
if (!Loopback(configuration["rooms"] ?? "http://127.0.0.1:9201", out var rooms))
    return await Refuse("--rooms must be one http or https address on loopback, such as http://127.0.0.1:9201.", 2);
CloudLatencies? latencies = configuration["latencies"] switch
{
    null or "off" => CloudLatencies.None,
    "real" => CloudLatencies.Real,
    _ => null,
};
if (latencies is null)
    return await Refuse("--latencies must be real or off.", 2);
CloudRateLimits? limits = configuration["limits"] switch
{
    null or "arch-002" => CloudRateLimits.Arch002,
    "goto-public" => CloudRateLimits.GoToPublic,
    "off" => CloudRateLimits.Off,
    _ => null,
};
if (limits is null)
    return await Refuse("--limits must be arch-002, goto-public or off.", 2);

if (configuration["audio"] is not (null or "on" or "off"))
    return await Refuse("--audio must be on or off.", 2);
if (configuration["pstn"] is not (null or "wide" or "narrow"))
    return await Refuse("--pstn must be wide or narrow.", 2);
if (configuration["mode"] is not (null or "strict" or "lenient"))
    return await Refuse("--mode must be strict or lenient.", 2);

CloudScenario? scenario = null;
try
{
    if (configuration["scenario"] is { } file)
        scenario = CloudScenario.Read(await File.ReadAllTextAsync(file));
}
catch (Exception failure) when (failure is CloudScenarioException or IOException or UnauthorizedAccessException)
{
    return await Refuse($"--scenario: {failure.Message}", 2);
}

int? seed = null;
if (configuration["seed"] is { } number)
{
    if (!int.TryParse(number, out var known))
        return await Refuse("--seed must be a whole number.", 2);
    seed = known;
}

using var logs = LoggerFactory.Create(logging => logging
    .AddSimpleConsole(console => console.SingleLine = true)
    .SetMinimumLevel(LogLevel.Information)
    .AddFilter("Microsoft", LogLevel.Warning));
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

const string apiKey = "simulator-key";
const string apiSecret = "simulator-secret-for-loopback-only";
var options = new GoToCloudOptions
{
    Port = url.Port, Tls = url.Scheme == "https", Seed = seed, RateLimits = limits.Value, Latencies = latencies,
    Strict = configuration["mode"] != "lenient",
    // Without libopus the far ends are played in silence.
    Media = configuration["audio"] == "off" || !OpusEncoder.IsAvailable ? null : new RtcOptions(),
    Narrowband = configuration["pstn"] == "narrow",
};
var clock = scenario is null ? null : new ScenarioClock(scenario.Start ?? DateTimeOffset.UtcNow);
try
{
    await using var cloud = await GoToCloud.Start(options, clock ?? TimeProvider.System, logs, stop.Token);
    await using var roomServer = await RoomServer.Start(
        new RoomServerOptions { Port = rooms.Port, Tls = rooms.Scheme == "https", ApiKey = apiKey, ApiSecret = apiSecret },
        TimeProvider.System, logs, stop.Token);
    await using var agent = await EchoAgent.Start(
        new EchoAgentOptions
        {
            Server = new LiveKitOptions
            {
                Url = roomServer.Url, ApiKey = apiKey, ApiSecret = apiSecret,
                CertificateFingerprint = roomServer.CertificateFingerprint,
            },
        },
        TimeProvider.System, logs, stop.Token);
    Console.WriteLine(Welcome.Of(cloud, options));
    if (configuration["certificate"] is { } pem)
        await File.WriteAllTextAsync(pem, $"{cloud.CertificatePem}\n{roomServer.CertificatePem}\n".TrimStart(), stop.Token);
    Console.WriteLine($"""
        Room server at {roomServer.Url}
          API key     {apiKey}
          API secret  {apiSecret}
          agent       echo{(roomServer.CertificateFingerprint is { } own ? $"\n  certificate SHA-256 {own}" : "")}

        Ctrl-C stops it.
        """);
    if (clock is not null)
    {
        cloud.Play(scenario!);
        await clock.Begin(stop.Token);
    }

    await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped.");
}
catch (Exception failure) when (failure is CloudPortException or RoomServerStartException or RtcBindException
    or IOException or UnauthorizedAccessException)
{
    return await Refuse(failure.Message, 1);
}

return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static bool Loopback(string address, out Uri url) =>
    Uri.TryCreate(address, UriKind.Absolute, out url!) && url is { Scheme: "http" or "https", IsLoopback: true };

static async Task<int> Refuse(string message, int exitCode)
{
    await Console.Error.WriteLineAsync(message);
    return exitCode;
}
