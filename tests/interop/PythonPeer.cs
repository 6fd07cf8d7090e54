using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>A peer connection of another stack in a process of Python: aiortc or GStreamer.</summary>
internal sealed class PythonPeer : IAsyncDisposable
{
    private const string PathVariable = "INTEROP_PYTHON";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _packages;
    private readonly StringBuilder _errors = new();

    private PythonPeer(string python, string script, string packages, string[] arguments)
    {
        _packages = packages;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, script), .. arguments])
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

    /// <summary>aiortc, at this address of this host.</summary>
    public static PythonPeer Aiortc(string address = "127.0.0.1") =>
        Start("aiortc-peer.py", "python3-aiortc", address);

    /// <summary>GStreamer's webrtcbin.</summary>
    public static PythonPeer GStreamer() => Start(
        "gstreamer-peer.py",
        "python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gir1.2-nice-0.1 gstreamer1.0-nice gstreamer1.0-plugins-bad");

    /// <summary>From now on it offers and answers with this codec alone.</summary>
    public Task SpeakOnly(AudioCodec codec) => Ask("speak_only", codec.Name);

    /// <summary>The pitch that is loudest in what it hears, once it is this one, or at a deadline.</summary>
    public async Task<double> Hears(int hertz) =>
        double.Parse(await Ask("hears", hertz), System.Globalization.CultureInfo.InvariantCulture);

    public Task<string> Offer() => Ask("offer");

    public Task Accept(string answer) => Ask("accept", answer);

    public Task<string> Answer(string offer) => Ask("answer", offer);

    /// <summary>Offers audio and a data channel that says the text when it is open.</summary>
    public Task<string> OfferData(string label, string text) => Ask("offer_data", label, text);

    /// <summary>What came on its data channel.</summary>
    public Task<string> DataReply() => Ask("data_reply");

    /// <summary>Takes a candidate that was trickled.</summary>
    public Task AddCandidate(string candidate) => Ask("add_candidate", candidate);

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

    /// <summary>Starts it. Without Python and the stack the test fails, for then nothing was proven.</summary>
    private static PythonPeer Start(string script, string packages, params string[] arguments)
    {
        var python = Environment.GetEnvironmentVariable(PathVariable) ?? "/usr/bin/python3";
        Assert.True(
            File.Exists(python),
            $"There is no Python at {python}. Install it (Debian: apt-get install {packages}), or set {PathVariable}.");
        return new PythonPeer(python, script, packages, arguments);
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
                $"The other stack ended at '{command}' (if it is missing: apt-get install {_packages}):\n{_errors}");
        }

        return "";
    }
}
