using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>A peer connection of aiortc in a process of Python.</summary>
internal sealed class AiortcPeer : IAsyncDisposable
{
    private const string PathVariable = "AIORTC_PYTHON";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private AiortcPeer(string python)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(
                python, [Path.Combine(AppContext.BaseDirectory, "aiortc-peer.py")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _process.Start();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts it. Without Python and aiortc the test fails, for then nothing was proven.</summary>
    public static AiortcPeer Start()
    {
        var python = Environment.GetEnvironmentVariable(PathVariable) ?? "/usr/bin/python3";
        Assert.True(
            File.Exists(python),
            $"There is no Python at {python}. Install it with aiortc (Debian: apt-get install python3-aiortc), "
            + $"or set {PathVariable}.");
        return new AiortcPeer(python);
    }

    public Task<string> Offer() => Ask("offer");

    public Task Accept(string answer) => Ask("accept", answer);

    public Task<string> Answer(string offer) => Ask("answer", offer);

    /// <summary>Its statistics once so many packets went each way and our report is there, or at a deadline.</summary>
    public async Task<TheirReport> ReportAfter(int packets) =>
        TheirReport.Parse(await Ask("report_after", packets));

    /// <summary>The state of its DTLS transport once it is the one wanted, or at a deadline.</summary>
    public Task<string> DtlsState(string wanted) => Ask("dtls_state", wanted);

    public Task HangUp() => Ask("hang_up");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> Ask(string command, params object[] arguments)
    {
        object[] call = [command, .. arguments];
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(call));
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(Deadline);
        if (line is not null) return JsonSerializer.Deserialize<string?>(line) ?? "";
        await _process.WaitForExitAsync();
        lock (_errors)
        {
            Assert.Fail(
                $"aiortc ended at '{command}' (if it is missing: apt-get install python3-aiortc):\n{_errors}");
        }

        return "";
    }
}
