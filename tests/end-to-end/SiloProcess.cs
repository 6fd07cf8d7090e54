using System.Diagnostics;
using System.Net;
using System.Text;

namespace GoTo.EndToEnd.Tests;

/// <summary>A silo in a process of its own, as production runs it: it can be killed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private SiloProcess(IReadOnlyDictionary<string, string?> settings, int httpPort)
    {
        HttpPort = httpPort;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Orleans.GoTo.Silo.dll"));
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add($"http://127.0.0.1:{httpPort}");
        foreach (var (name, value) in settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int HttpPort { get; }

    /// <summary>All that it has written so far, log and errors.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts a silo and waits until the cluster counts it as active.</summary>
    public static async Task<SiloProcess> Start(IReadOnlyDictionary<string, string?> settings, CancellationToken cancellation)
    {
        var silo = new SiloProcess(settings, Ports.Free());
        try
        {
            using var http = new HttpClient();
            await Until.True(async () => await Healthy(http, silo.HttpPort) || silo._process.HasExited, StartLimit, cancellation);
            return silo._process.HasExited ? throw new InvalidOperationException($"The silo ended:\n{silo.Output}") : silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a silo that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEnd(
        IReadOnlyDictionary<string, string?> settings, int httpPort, CancellationToken cancellation)
    {
        await using var silo = new SiloProcess(settings, httpPort);
        await silo._process.WaitForExitAsync(cancellation).WaitAsync(StartLimit, cancellation);
        return (silo._process.ExitCode, silo.Output);
    }

    /// <summary>SIGKILL: nothing is said to anybody.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as a deploy does it; the exit code.</summary>
    public async Task<int> Stop(CancellationToken cancellation)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(cancellation).WaitAsync(StartLimit, cancellation);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await Kill();
        _process.Dispose();
    }

    private static async Task<bool> Healthy(HttpClient http, int port)
    {
        try
        {
            using var reply = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/healthz"));
            return reply.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        lock (_output) _output.AppendLine(e.Data);
    }
}
