using System.Net;

namespace GoTo.EndToEnd.Tests;

/// <summary>A silo in a process of its own, as production runs it: it can be killed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const string Assembly = "Orleans.GoTo.Silo.dll";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;
    private readonly int _httpPort;

    private SiloProcess(IReadOnlyDictionary<string, string?> settings, int httpPort)
    {
        _httpPort = httpPort;
        SiloPort = int.Parse(settings.GetValueOrDefault("GoTo:Cluster:SiloPort") ?? "0");
        _process = ChildProcess.Dotnet(Assembly, ["--urls", $"http://127.0.0.1:{httpPort}"], settings.ToDictionary(
            setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value));
    }

    /// <summary>Where other silos reach it, and what it is known by in the cluster.</summary>
    public int SiloPort { get; }

    /// <summary>All that it has written so far, log and errors.</summary>
    public string Output => _process.Output;

    /// <summary>Starts a silo and waits until the cluster counts it as active.</summary>
    public static async Task<SiloProcess> Start(IReadOnlyDictionary<string, string?> settings)
    {
        var silo = new SiloProcess(settings, Ports.Free());
        try
        {
            await Until.True(
                async () => silo._process.HasExited || await silo.IsHealthy(), StartLimit, "the silo is active in its cluster");
            Assert.False(silo._process.HasExited, "The silo ended instead of becoming active.");
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a silo that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEnd(IReadOnlyDictionary<string, string?> settings, int httpPort)
    {
        await using var silo = new SiloProcess(settings, httpPort);
        var code = await silo._process.Exit(StartLimit);
        return (code, silo.Output);
    }

    /// <summary>What <c>/healthz</c> says; false when nobody answers.</summary>
    public Task<bool> IsHealthy() => Says("healthz");

    /// <summary>What <c>/readyz</c> says; false when nobody answers.</summary>
    public Task<bool> IsReady() => Says("readyz");

    private async Task<bool> Says(string check)
    {
        using var http = new HttpClient();
        try
        {
            using var reply = await http.GetAsync(
                new Uri($"http://127.0.0.1:{_httpPort}/{check}"), TestContext.Current.CancellationToken);
            return reply.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Waits until its log has a text.</summary>
    public Task Logs(string text) => _process.Says(text, LogLimit);

    /// <summary>SIGKILL: nothing is said to anybody.</summary>
    public Task Kill() => _process.Kill();

    /// <summary>SIGTERM, as a deploy does it; the exit code.</summary>
    public async Task<int> Stop(TimeSpan? limit = null)
    {
        await _process.Signal("TERM");
        return await _process.Exit(limit ?? StopLimit);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
