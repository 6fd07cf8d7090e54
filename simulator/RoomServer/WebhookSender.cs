using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// Posts what happens in rooms to the configured addresses: each in order, signed, repeated while it is not taken, and
/// given up when it has waited too long (livekit/protocol webhook).
/// </summary>
internal sealed class WebhookSender : IAsyncDisposable
{
    private const int LongestQueue = 200;
    private const int Tries = 5;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    private readonly RoomServerOptions _options;
    private readonly Sids _sids;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomServer> _logger;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(Channel<WebhookEvent> Queue, Task Sending)> _targets = [];

    public WebhookSender(RoomServerOptions options, Sids sids, TimeProvider time, ILogger<RoomServer> logger)
    {
        (_options, _sids, _time, _logger) = (options, sids, time, logger);
        foreach (var target in options.Webhooks)
        {
            var queue = Channel.CreateBounded<WebhookEvent>(new BoundedChannelOptions(LongestQueue)
            {
                FullMode = BoundedChannelFullMode.DropWrite,
            });
            _targets.Add((queue, Send(target, queue.Reader)));
        }
    }

    /// <summary>Queues an event. Of a track's room and participant only the names are told, as LiveKit does.</summary>
    public void Tell(string name, Room room, ParticipantInfo? participant = null, TrackInfo? track = null)
    {
        if (_targets.Count == 0)
            return;
        var whole = room.Describe();
        var told = new WebhookEvent
        {
            Event = name,
            Id = _sids.Event(),
            CreatedAt = _time.GetUtcNow().ToUnixTimeSeconds(),
            Room = track is null ? whole : new GoTo.LiveKit.Protocol.Room { Sid = whole.Sid, Name = whole.Name },
            Participant = track is null
                ? participant?.Clone()
                : new ParticipantInfo { Sid = participant!.Sid, Identity = participant.Identity },
            Track = track?.Clone(),
        };
        foreach (var (queue, _) in _targets)
            queue.Writer.TryWrite(told);
    }

    /// <summary>Sends what is queued, each once, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (queue, sending) in _targets)
        {
            queue.Writer.TryComplete();
            await sending;
        }
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task Send(Uri target, ChannelReader<WebhookEvent> queue)
    {
        await foreach (var told in queue.ReadAllAsync())
        {
            for (var attempt = 1; !await Post(target, told); attempt++)
            {
                var age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(told.CreatedAt);
                if (attempt == Tries || age > LongestWait || !await Pause(TimeSpan.FromSeconds(1 << (attempt - 1))))
                {
                    _logger.WebhookGivenUp(told.Event, told.Id, target);
                    break;
                }
            }
        }
    }

    private async Task<bool> Pause(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> Post(Uri target, WebhookEvent told)
    {
        var body = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(told));
        var token = new AccessToken
        {
            Sha256 = Convert.ToBase64String(SHA256.HashData(body)), ValidFor = TokenLife,
        }.Sign(_options.ApiKey, _options.ApiSecret, _time);
        using var request = new HttpRequestMessage(HttpMethod.Post, target);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/webhook+json");
        // The bare token, without a scheme.
        request.Headers.TryAddWithoutValidation("Authorization", token);
        try
        {
            using var response = await _http.SendAsync(request);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
