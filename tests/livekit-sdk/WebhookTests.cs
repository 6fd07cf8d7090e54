using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using GoTo.Interop.Tests;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Rooms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>What the room server posts, taken by livekit-server-sdk's receiver.</summary>
public sealed class WebhookTests(ChromiumBrowser browser)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_told_in_order_and_the_sdk_accepts_what_is_told()
    {
        await using var listener = await Listener.Start();
        await using var server = await RoomServer.Start(
            new RoomServerOptions
            {
                ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret, Webhooks = [listener.Url],
            },
            TimeProvider.System, TestLog.Factory, Stop);
        await using var sdk = await NodeScript.Start(
            "server-sdk.mjs", server.Url.ToString(), RoomHouse.Key, RoomHouse.Secret);
        var room = RoomHouse.NewRoom();
        var house = new RoomHouse(browser);
        await using var alice = await house.Join("rtc-node", room, "alice", server.Url);
        await alice.Call("publishTone", new { name = "tone", hz = 440 });
        await listener.Posted("track_published");
        await alice.Call("leave");
        await listener.Posted("participant_left");
        using var http = new HttpClient();
        var options = new LiveKitOptions { Url = server.Url, ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret };
        await new RoomServiceClient(options, http, TimeProvider.System).DeleteRoom(room, Stop);
        await listener.Posted("room_finished");

        var told = new List<string>();
        foreach (var (body, authorization) in listener.All)
        {
            var accepted = (await sdk.Call("receive", new { body, authorization }))!;
            Assert.Equal(room, (string?)accepted["room"]!["name"]);
            told.Add((string)accepted["event"]!);
            if (told[^1] is "participant_joined" or "track_published")
                Assert.Equal("alice", (string?)accepted["participant"]!["identity"]);
            if (told[^1] == "participant_left")
                Assert.Equal("CLIENT_INITIATED", (string?)accepted["participant"]!["disconnectReason"]);
        }
        // One that published leaves: its track goes first.
        Assert.Equal(
            ["room_started", "participant_joined", "track_published", "track_unpublished", "participant_left", "room_finished"],
            told);
        var (last, signature) = listener.All.Last();
        await Assert.ThrowsAsync<NodeException>(() => sdk.Call("receive", new { body = last + " ", authorization = signature }));
    }

    [Fact]
    public async Task What_LiveKits_side_signs_we_verify_and_read()
    {
        await using var sdk = await NodeScript.Start("server-sdk.mjs", "http://127.0.0.1:1", RoomHouse.Key, RoomHouse.Secret);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var post = (await sdk.Call("post", new
        {
            @event = new
            {
                @event = "participant_left", id = "EV_1", createdAt = $"{now}", room = new { sid = "RM_1", name = "a call" },
                participant = new { sid = "PA_1", identity = "phone-1", kind = "SIP", disconnectReason = "CLIENT_INITIATED" },
            },
            ttl = "5m",
        }))!;
        var (body, authorization) = (Encoding.UTF8.GetBytes((string)post["body"]!), (string)post["authorization"]!);
        var receiver = Receiver(RoomHouse.Secret);

        var told = receiver.Receive(body, authorization);

        Assert.Equal(("participant_left", "EV_1", now, "a call"), (told.Event, told.Id, told.CreatedAt, told.Room.Name));
        Assert.Equal(
            ("phone-1", ParticipantInfo.Types.Kind.Sip, DisconnectReason.ClientInitiated),
            (told.Participant.Identity, told.Participant.Kind, told.Participant.DisconnectReason));
        Assert.Equal(WebhookError.WrongBody, Refused(receiver, [.. body, (byte)' '], authorization));
        Assert.Equal(WebhookError.BadToken, Refused(Receiver("another-secret-of-thirty-two-letters"), body, authorization));
        Assert.Equal(WebhookError.NotSigned, Refused(receiver, body, null));

        static WebhookReceiver Receiver(string secret) =>
            new(new Dictionary<string, string> { [RoomHouse.Key] = secret }, TimeProvider.System);

        static WebhookError Refused(WebhookReceiver by, byte[] body, string? authorization) =>
            Assert.Throws<WebhookException>(() => by.Receive(body, authorization)).Error;
    }

    [Fact]
    public async Task What_is_not_taken_is_told_again()
    {
        await using var listener = await Listener.Start(refusals: 1);
        await using var server = await RoomServer.Start(
            new RoomServerOptions
            {
                ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret, Webhooks = [listener.Url],
            },
            TimeProvider.System, TestLog.Factory, Stop);
        using var http = new HttpClient();
        var options = new LiveKitOptions { Url = server.Url, ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret };

        await new RoomServiceClient(options, http, TimeProvider.System)
            .CreateRoom(new CreateRoomRequest { Name = "r" }, Stop);

        await listener.Posted("room_started");
        await listener.Posted("room_started");
        Assert.Single(listener.All.Select(each => each.Body).Distinct());
    }

    /// <summary>Takes what is posted, but for the first few.</summary>
    private sealed class Listener(WebApplication app) : IAsyncDisposable
    {
        private readonly Channel<string> _bodies = Channel.CreateUnbounded<string>();

        public Uri Url => new($"{app.Urls.Single()}/hook");

        public ConcurrentQueue<(string Body, string Authorization)> All { get; } = new();

        public static async Task<Listener> Start(int refusals = 0)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var listener = new Listener(app);
            app.MapPost("/hook", async (HttpRequest request) =>
            {
                Assert.Equal("application/webhook+json", request.ContentType);
                using var reader = new StreamReader(request.Body);
                var body = await reader.ReadToEndAsync();
                listener.All.Enqueue((body, request.Headers.Authorization.ToString()));
                listener._bodies.Writer.TryWrite(body);
                return Results.StatusCode(Interlocked.Decrement(ref refusals) >= 0 ? 500 : 200);
            });
            await app.StartAsync();
            return listener;
        }

        public async Task Posted(string name)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!(await _bodies.Reader.ReadAsync(patience.Token)).Contains($"\"{name}\"", StringComparison.Ordinal))
            {
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
