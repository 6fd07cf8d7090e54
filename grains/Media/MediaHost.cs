using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.WebRtc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Media;

/// <summary>
/// The audio of one silo: the media engine, and the way to the LiveKit server. Media grains hold calls of it; no packet
/// ever crosses a grain.
/// </summary>
internal sealed class MediaHost(
    IOptions<MediaSettings> settings, IOptions<LiveKitOptions> liveKit, IHttpClientFactory http, TimeProvider time,
    ILoggerFactory logs) : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>The name of the HTTP client that speaks to LiveKit.</summary>
    public const string HttpClientName = "livekit";

    private RtcEngine? _engine;

    public RtcEngine Engine => _engine ?? throw new InvalidOperationException("The media engine has not started.");

    public LiveKitOptions LiveKit => liveKit.Value;

    public TimeProvider Time => time;

    public ILoggerFactory Logs => logs;

    public AnnouncementFolder Announcements { get; } = new(settings.Value);

    public RoomServiceClient Rooms => new(LiveKit, http.CreateClient(HttpClientName), time);

    public AgentDispatchClient Dispatches => new(LiveKit, http.CreateClient(HttpClientName), time);

    public CallMedia Open(CallKey call, ICallGrain grain) => new(call, grain, this);

    /// <summary>Binds the ports and warms up the handshakes before the silo takes calls.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _engine = new RtcEngine(settings.Value.ToRtcOptions(), time, logs);
        await _engine.Ready;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The engine outlives the silo's grains, so that a call can be closed until the last.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_engine is { } engine) await engine.DisposeAsync();
        _engine = null;
    }
}
