using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>
/// A TURN server, Debian's coturn, on loopback: UDP, TCP and TLS. Without it the test fails, for then nothing was proven.
/// </summary>
internal sealed class CoturnServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/turnserver";
    private const string User = "caller";
    private const string Password = "not-a-secret";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private Process _process = null!;
    private readonly string _directory;
    private readonly StringBuilder _output = new();
    private readonly X509Certificate2 _certificate;
    private readonly int _port;
    private readonly int _tlsPort;

    private CoturnServer(string directory, X509Certificate2 certificate, int port, int tlsPort) =>
        (_directory, _certificate, _port, _tlsPort) = (directory, certificate, port, tlsPort);

    /// <summary>Starts it; it listens when this returns.</summary>
    public static async Task<CoturnServer> Start()
    {
        Assert.True(File.Exists(Program), $"There is no {Program}. Install it (Debian: apt-get install coturn).");
        var directory = Directory.CreateTempSubdirectory("coturn-").FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync($"{directory}/cert.pem", certificate.ExportCertificatePem());
        await File.WriteAllTextAsync($"{directory}/key.pem", key.ExportPkcs8PrivateKeyPem());
        var server = new CoturnServer(directory, certificate, FreePort(), FreePort());
        await server.Run();
        return server;
    }

    /// <summary>Ends it, with all that it has allocated, and starts it again at the same ports.</summary>
    public async Task Restart()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Run();
    }

    private async Task Run()
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Program,
            [
                "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", $"--listening-port={_port}",
                $"--tls-listening-port={_tlsPort}", "--lt-cred-mech", $"--user={User}:{Password}", "--realm=example.org",
                "--allow-loopback-peers", "--no-cli", "--no-dtls", "--fingerprint", $"--cert={_directory}/cert.pem",
                $"--pkey={_directory}/key.pem", "--log-file=stdout", "--simple-log", "--verbose",
                $"--pidfile={_directory}/pid", $"--userdb={_directory}/db",
            ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _directory,
            },
        };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Listens(_port);
        await Listens(_tlsPort);
    }

    /// <summary>What it has said.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>The server as an ICE server of ours: by udp, tcp or tls.</summary>
    public IceServer As(string transport, string password = Password) => new()
    {
        Url = transport == "tls" ? $"turns:localhost:{_tlsPort}" : $"turn:127.0.0.1:{_port}?transport={transport}",
        Username = User,
        Credential = password,
        Authority = transport == "tls" ? _certificate : null,
    };

    /// <summary>The server as a STUN server.</summary>
    public IceServer AsStun() => new() { Url = $"stun:127.0.0.1:{_port}" };

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Note(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Listens(int port)
    {
        var end = Stopwatch.GetTimestamp() + (Deadline.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond);
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, $"coturn has ended:\n{Output}");
                Assert.True(Stopwatch.GetTimestamp() < end, $"coturn does not listen on {port}:\n{Output}");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }
}
