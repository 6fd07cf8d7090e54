using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoTo.WebRtc;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// GoTo's cloud, simulated over real HTTP and WebSocket, with TLS or without, on a port of its own: tokens, web calls, channels,
/// subscriptions and events as specification ARCH-002 describes them, and a socket for phones. It passes no
/// audio on: a phone's SDP offer is what <c>call.ringing</c> shows, and the answer to it goes back to the phone. Far ends that
/// it plays itself are heard where <see cref="GoToCloudOptions.Media"/> is set.
/// </summary>
public sealed class GoToCloud : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CloudState _state;
    private readonly List<ITimer> _steps = [];

    private readonly RtcEngine? _engine;
    private readonly X509Certificate2? _certificate;

    private GoToCloud(WebApplication app, CloudState state, RtcEngine? engine, Uri baseUrl, X509Certificate2? certificate)
    {
        _app = app;
        _state = state;
        _engine = engine;
        _certificate = certificate;
        BaseUrl = baseUrl;
    }

    /// <summary>The one address that all paths are under, for instance <c>http://127.0.0.1:9200/</c>.</summary>
    public Uri BaseUrl { get; }

    /// <summary>The page with a phone in it, for a person with a browser and a microphone.</summary>
    public Uri PhonePageUrl => new(BaseUrl, "/phone.html");

    /// <summary>The address of the phone socket.</summary>
    public Uri PhoneSocketUrl => new UriBuilder(BaseUrl)
    {
        Scheme = BaseUrl.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = "/phone",
    }.Uri;

    /// <summary>
    /// The SHA-256 fingerprint of the certificate, in hexadecimal, by which clients trust it; null without TLS.
    /// </summary>
    public string? CertificateFingerprint => _certificate?.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>The certificate in PEM, without its key; null without TLS.</summary>
    public string? CertificatePem => _certificate?.ExportCertificatePem();

    /// <summary>What the cloud knows, for tests.</summary>
    internal CloudState State => _state;

    /// <summary>Starts the cloud.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="time">The clock that all its times follow.</param>
    /// <param name="logs">Where it logs to.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="CloudPortException">The port is taken.</exception>
    public static Task<GoToCloud> Start(
        GoToCloudOptions options,
        TimeProvider time,
        ILoggerFactory logs,
        CancellationToken cancellation = default) =>
        Start(options, time, logs, server: null, cancellation);

    /// <summary>Starts the cloud on another server than Kestrel, such as one without a network.</summary>
    internal static async Task<GoToCloud> Start(
        GoToCloudOptions options,
        TimeProvider time,
        ILoggerFactory logs,
        IServer? server,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var endPoint = new IPEndPoint(options.Address, options.Port);
        var certificate = options.Tls ? DevelopmentCertificate.For(options.Address) : null;
        // Empty: no configuration, console or signal handling of the program that hosts the simulator is touched.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, HostedElsewhere>();
        if (server is not null)
        {
            builder.Services.AddSingleton(server);
        }
        else
        {
            builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
                kestrel.Listen(endPoint, listen =>
                {
                    if (certificate is null)
                        return;
                    // Not HTTP/2, in which WebSockets open by CONNECT and a cut ends more than one of them.
                    listen.Protocols = HttpProtocols.Http1;
                    listen.UseHttps(certificate);
                });
            });
        }

        var app = builder.Build();
        // Audio keeps the machine's time, whatever the cloud's clock says.
        var engine = options.Media is { } media ? new RtcEngine(media, TimeProvider.System, logs) : null;
        var state = new CloudState(options, time, engine, logs.CreateLogger<GoToCloud>());
        app.Use(StallableConnection.Apply);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        app.Use(state.Latency.Apply);
        app.Use((context, next) => CloudReplies.CatchFailures(context, next, state));
        app.Use(state.RateLimiter.Apply);
        app.Use(state.Faults.Apply);
        app.MapTokens(state);
        app.MapWebCalls(state);
        app.MapCallEvents(state);
        app.MapDirectory(state);
        app.MapPublic(state);
        app.MapPhone(state);
        app.MapAdmin(state);
        app.MapFallback(_ => throw CloudRefusal.NotFound("ROUTE_NOT_FOUND", "There is no such route."));
        try
        {
            await (engine?.Ready ?? ValueTask.CompletedTask);
            await app.StartAsync(cancellation);
        }
        catch (Exception failure)
        {
            await app.DisposeAsync();
            await (engine?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (failure is not (IOException or System.Net.Sockets.SocketException))
                throw;
            throw new CloudPortException(endPoint, failure);
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .First();
        return new GoToCloud(app, state, engine, new Uri(address), certificate);
    }

    /// <summary>Has a scenario happen, from now on the cloud's clock.</summary>
    /// <param name="scenario">What happens when.</param>
    public void Play(CloudScenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        _steps.AddRange(scenario.Play(_state));
    }

    /// <summary>Ends every call and socket and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var step in _steps)
            await step.DisposeAsync();
        _state.Stop();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        await (_engine?.DisposeAsync() ?? ValueTask.CompletedTask);
        _state.Dispose();
        _certificate?.Dispose();
    }

    /// <summary>The program that started the cloud decides when it ends, not the process's signals.</summary>
    private sealed class HostedElsewhere : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
