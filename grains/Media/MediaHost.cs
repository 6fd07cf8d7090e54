using GoTo.Calls;
using System.Collections.Concurrent;
using GoTo.LiveKit;
using GoTo.Silos;
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
    IOptions<MediaSettings> settings, IOptions<LiveKitOptions> liveKit, IHttpClientFactory http, OwnLoad load,
    TimeProvider time, ILoggerFactory logs) : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>The name of the HTTP client that speaks to LiveKit.</summary>
    public const string HttpClientName = "livekit";

    private readonly ConcurrentDictionary<CallMedia, byte> _calls = new();
    private readonly ConcurrentDictionary<string, PhoneLeg> _offered = new();
    private RtcEngine? _engine;
    private volatile TaskCompletionSource _changed = NewSignal();

    public RtcEngine Engine => _engine ?? throw new InvalidOperationException("The media engine has not started.");

    public LiveKitOptions LiveKit => liveKit.Value;

    public TimeProvider Time => time;

    public ILoggerFactory Logs => logs;

    public AnnouncementFolder Announcements { get; } = new(settings.Value);

    public RoomServiceClient Rooms => new(LiveKit, http.CreateClient(HttpClientName), time);

    public AgentDispatchClient Dispatches => new(LiveKit, http.CreateClient(HttpClientName), time);

    /// <summary>The calls whose audio is here.</summary>
    public ICollection<CallMedia> Calls => _calls.Keys;

    public CallMedia Open(CallKey call, ICallGrain grain)
    {
        var media = new CallMedia(call, grain, this);
        _calls.TryAdd(media, 0);
        load.CallBegins();
        return media;
    }

    /// <summary>Keeps a leg that is offered with a dial, until its call takes it.</summary>
    public void Keep(string dial, PhoneLeg leg) => _offered[dial] = leg;

    public bool HasOffered(string dial) => _offered.ContainsKey(dial);

    /// <summary>Hands the leg over, once; null when it is not here.</summary>
    public PhoneLeg? TakeOffered(string dial) => _offered.TryRemove(dial, out var leg) ? leg : null;

    /// <summary>A call's audio is closed.</summary>
    public void Forget(CallMedia media)
    {
        if (!_calls.TryRemove(media, out _)) return;
        load.CallEnds();
        Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
    }

    /// <summary>Waits until no call's audio is here, at most so long.</summary>
    public async Task Empty(TimeSpan limit, CancellationToken cancellationToken)
    {
        var late = Task.Delay(limit, time, cancellationToken);
        while (true)
        {
            var changed = _changed.Task;
            if (_calls.IsEmpty || late.IsCompleted) return;
            await Task.WhenAny(changed, late);
        }
    }

    /// <summary>Binds the ports and warms up the handshakes before the silo takes calls.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        load.MostCalls = settings.Value.MostCalls;
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
