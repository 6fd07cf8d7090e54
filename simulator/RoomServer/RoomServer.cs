using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// A LiveKit-compatible room server for the quick start and the tests: the room and dispatch API, signalling over
/// <c>/rtc</c> and <c>/rtc/v1</c>, agent workers, webhooks, and an SFU that passes Opus through untouched. For anything
/// else use LiveKit's own.
/// </summary>
public sealed class RoomServer : IAsyncDisposable
{
    /// <summary>The version of LiveKit's server whose protocol is spoken.</summary>
    internal const string ProtocolVersion = "1.11.0";

    private readonly WebApplication _app;
    private readonly RtcEngine _engine;
    private readonly RoomDirectory _rooms;
    private readonly SignalEndpoint _signals;
    private readonly WebhookSender _webhooks;
    private readonly CancellationTokenSource _stopping;
    private readonly X509Certificate2? _certificate;

    private RoomServer(
        WebApplication app, RtcEngine engine, RoomDirectory rooms, SignalEndpoint signals, WebhookSender webhooks,
        CancellationTokenSource stopping, IPEndPoint endPoint, X509Certificate2? certificate)
    {
        _app = app;
        _engine = engine;
        _rooms = rooms;
        _signals = signals;
        _webhooks = webhooks;
        _stopping = stopping;
        _certificate = certificate;
        Url = new Uri($"{(certificate is null ? "ws" : "wss")}://{endPoint}");
    }

    /// <summary>The address for <see cref="LiveKitOptions.Url"/>.</summary>
    public Uri Url { get; }

    /// <summary>
    /// The SHA-256 fingerprint of the certificate, for <see cref="LiveKitOptions.CertificateFingerprint"/>; null without TLS.
    /// </summary>
    public string? CertificateFingerprint => _certificate?.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>The certificate in PEM, without its key; null without TLS.</summary>
    public string? CertificatePem => _certificate?.ExportCertificatePem();

    /// <summary>Where media is bound.</summary>
    public IReadOnlyList<IPEndPoint> MediaEndPoints => _engine.LocalEndPoints;

    /// <summary>The media connections that are there now.</summary>
    public int Peers => _engine.GetStats().Peers;

    /// <summary>The signalling sockets that are open now.</summary>
    public int Sockets => _signals.Sockets;

    /// <summary>The participants that are in rooms now.</summary>
    public int Participants => _rooms.All.Sum(room => room.DescribeMembers().Count);

    internal static ServerInfo Info { get; } = new()
    {
        Edition = ServerInfo.Types.Edition.Standard,
        Version = ProtocolVersion,
        Protocol = 17,
        NodeId = "ND_simulator",
        AgentProtocol = 1,
    };

    /// <summary>Starts the server; completes when it accepts connections and its media engine is warm.</summary>
    /// <param name="options">Address, keys, time-outs.</param>
    /// <param name="time">The clock of rooms and tokens.</param>
    /// <param name="logs">Where it logs.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="RoomServerStartException">The TCP port is taken or the address is not of this host.</exception>
    /// <exception cref="RtcBindException">The media port is taken.</exception>
    public static async Task<RoomServer> Start(
        RoomServerOptions options, TimeProvider time, ILoggerFactory logs,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logs);
        var logger = logs.CreateLogger<RoomServer>();
        var engine = new RtcEngine(options.Media, time, logs);
        var stopping = new CancellationTokenSource();
        var sids = new Sids(options.Chance);
        var secrets = new Dictionary<string, string> { [options.ApiKey] = options.ApiSecret };
        var access = new RoomAccess(new AccessTokenVerifier(secrets, time));
        var dispatcher = new Dispatcher(options, sids, time, logger);
        var webhooks = new WebhookSender(options, sids, time, logger);
        var rooms = new RoomDirectory(options, sids, time, dispatcher, webhooks, logger);
        var signals = new SignalEndpoint(options, access, rooms, engine, time, stopping.Token);
        var workers = new WorkerEndpoint(access, dispatcher, sids, time, logger, stopping.Token);
        var twirp = new TwirpApi(access);
        RoomMethods.AddTo(twirp, rooms, dispatcher, options.Faults);
        var certificate = options.Tls ? DevelopmentCertificate.For(options.Address) : null;
        var app = Host(options, certificate, logs);
        // Clients in browsers are pages of another origin.
        app.Use((http, next) =>
        {
            http.Response.Headers.AccessControlAllowOrigin = "*";
            http.Response.Headers.AccessControlAllowHeaders = "*";
            if (!HttpMethods.IsOptions(http.Request.Method))
                return next(http);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(10) });
        app.Map("/twirp/{service}/{method}", twirp.Handle);
        if (options.SinglePeerConnection)
        {
            app.MapGet("/rtc/v1", signals.Join);
            app.MapGet("/rtc/v1/validate", signals.Validate);
        }
        app.MapGet("/rtc", signals.Join);
        app.MapGet("/rtc/validate", signals.Validate);
        app.MapGet("/agent", workers.Connect);
        app.MapGet("/", () => "OK");
        try
        {
            await app.StartAsync(cancellationToken);
            await engine.Ready;
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            await engine.DisposeAsync();
            await webhooks.DisposeAsync();
            stopping.Dispose();
            certificate?.Dispose();
            if (e is not IOException)
                throw;
            throw new RoomServerStartException(
                $"The room server cannot listen on {options.Address} port {options.Port}: "
                + "choose another RoomServerOptions.Port or stop what uses it.", e);
        }
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var port = new Uri(addresses.Single()).Port;
        var server = new RoomServer(app, engine, rooms, signals, webhooks, stopping, new IPEndPoint(options.Address, port), certificate);
        logger.Started(server.Url);
        return server;
    }

    /// <summary>
    /// Sends a participant <c>leave</c>: it is out of the room, but for the action RESUME, with which it is to come back
    /// to its session. False when it is not in the room.
    /// </summary>
    /// <param name="room">The room's name.</param>
    /// <param name="identity">The participant's identity.</param>
    /// <param name="reason">The reason that it is told.</param>
    /// <param name="action">What it is to do.</param>
    public bool Dismiss(string room, string identity, DisconnectReason reason, LeaveRequest.Types.Action action) =>
        _rooms.Find(room)?.Dismiss(identity, reason, action) ?? false;

    /// <summary>Closes all rooms (leave SERVER_SHUTDOWN), then the sockets and the media.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_rooms.All.Select(room => _rooms.Close(room, DisconnectReason.ServerShutdown)));
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _engine.DisposeAsync();
        await _webhooks.DisposeAsync();
        _stopping.Dispose();
        _certificate?.Dispose();
    }

    // Nothing of the surrounding process's configuration or environment applies here.
    private static WebApplication Host(RoomServerOptions options, X509Certificate2? certificate, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The join request, with an SDP offer inside, is in the request line.
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 1024 * 1024;
            kestrel.Listen(options.Address, options.Port, listen =>
            {
                if (certificate is null)
                    return;
                // Not HTTP/2, in which WebSockets open by CONNECT.
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificate);
            });
        });
        return builder.Build();
    }
}
