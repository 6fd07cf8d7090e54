using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

/// <summary>
/// OpenSSL's own DTLS, run as a process at the other end of a loopback socket: <c>s_server</c> or <c>s_client</c>.
/// </summary>
internal sealed partial class OpenSslPeer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _keys = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenSslPeer(string arguments, (string Name, string Value)? environment)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is var (name, value)) start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("openssl does not start.");
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Listens on the port; ready when this returns.</summary>
    public static async Task<OpenSslPeer> Serve(int port, OpenSslIdentity identity, string profiles)
    {
        var peer = new OpenSslPeer(
            $"s_server -dtls1_2 -accept 127.0.0.1:{port} -Verify 1 {Common(identity, profiles)}", null);
        await peer._listening.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        return peer;
    }

    /// <summary>Connects to the port.</summary>
    public static OpenSslPeer Connect(
        int port, OpenSslIdentity? identity, string profiles, (string Name, string Value)? environment = null) =>
        new($"s_client -dtls1_2 -connect 127.0.0.1:{port} {Common(identity, profiles)}", environment);

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }

    /// <summary>The 60 exported bytes that it printed.</summary>
    public async Task<byte[]> Keys()
    {
        try
        {
            var hex = await _keys.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
            return Convert.FromHexString(hex);
        }
        catch (TimeoutException)
        {
            lock (_output) Assert.Fail("openssl exported no keys:\n" + _output);
            throw;
        }
    }

    /// <summary>Makes it close the association with close_notify, as at the end of its input.</summary>
    public void Quit() => _process.StandardInput.Close();

    /// <summary>Waits until it has ended by itself.</summary>
    public Task Ended() => _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Common(OpenSslIdentity? identity, string profiles) =>
        (identity is null ? "" : $"-cert {identity.CertificatePath} -key {identity.KeyPath} ")
        + $"-use_srtp {profiles} -mtu 1200 -keymatexport EXTRACTOR-dtls_srtp -keymatexportlen 60";

    [GeneratedRegex("Keying material: ([0-9A-F]{120})")]
    private static partial Regex KeyingMaterial();

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (line.StartsWith("ACCEPT", StringComparison.Ordinal)) _listening.TrySetResult();
        if (KeyingMaterial().Match(line) is { Success: true } match) _keys.TrySetResult(match.Groups[1].Value);
    }
}
