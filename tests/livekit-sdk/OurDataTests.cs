using System.Text;
using System.Threading.Channels;
using GoTo.LiveKit;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>Data between our participant and LiveKit's own clients, each kind both ways.</summary>
public sealed class OurDataTests(RoomHouse house) : IClassFixture<RoomHouse>, IAsyncLifetime
{
    private const string Long = "€";

    private readonly RtcEngine _engine = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly string _room = RoomHouse.NewRoom();
    private readonly Told _told = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _engine.Ready;

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory]
    [MemberData(nameof(JoinTests.Clients), MemberType = typeof(JoinTests))]
    public async Task What_one_sends_the_other_gets(string kind)
    {
        await using var client = await house.Join(kind, _room, "client");
        await client.Call("receiveText", new { topic = "lk.chat" });
        await client.Call("serveRpc", new { method = "greet", answer = "good day" });
        await using var phone = await Join();
        var text = string.Concat(Enumerable.Repeat(Long, 20_000));
        // It is in the room for the client, too, once it is heard there.
        Assert.Equal("good day", await phone.PerformRpc("client", "greet", "hello", cancellationToken: Stop));

        phone.PublishData("to all"u8, "t");
        phone.PublishData("in a hurry"u8, "t", reliable: false);
        phone.SendDtmf("9#");
        phone.SendText(text, "lk.chat", new Dictionary<string, string> { ["of"] = "phone" });

        await client.Event("data", told => ((string?)told["identity"], (string?)told["text"], (string?)told["topic"]) == ("phone", "to all", "t"));
        await client.Event("data", told => (string?)told["text"] == "in a hurry");
        await client.Event("dtmf", told => ((string?)told["identity"], (int)told["code"]!, (string?)told["digit"]) == ("phone", 9, "9"));
        await client.Event("dtmf", told => ((int)told["code"]!, (string?)told["digit"]) == (11, "#"));
        await client.Event("text", told => (string?)told["text"] == text && (string?)told["attributes"]!["of"] == "phone");

        await client.Call("publishData", new { text = "to all", reliable = true, topic = "t" });
        await client.Call("publishDtmf", new { code = 5, digit = "5" });
        await client.Call("sendText", new { text, topic = "lk.chat", attributes = new { of = "client" } });
        Assert.Equal("hello, client", (string?)await client.Call("rpc", new { identity = "phone", method = "greet", payload = "hello" }));

        Assert.Equal(
            ["data client t to all", "dtmf client 5", $"text client lk.chat client {text}"],
            [await _told.Next(), await _told.Next(), await _told.Next()]);
    }

    private async Task<RoomParticipant> Join() => await RoomParticipant.Join(
        new JoinOptions
        {
            Url = house.Server.Url,
            Token = RoomHouse.TokenFor(_room, "phone"),
            Rpc = new Dictionary<string, RpcHandler>
            {
                ["greet"] = (invocation, _) => Task.FromResult($"{invocation.Payload}, {invocation.Identity}"),
            },
        },
        _engine, _told, TimeProvider.System, NullLoggerFactory.Instance, Stop);

    /// <summary>What our participant was told, in order.</summary>
    private sealed class Told : IRoomEvents
    {
        private readonly Channel<string> _all = Channel.CreateUnbounded<string>();

        public async Task<string> Next() => await _all.Reader.ReadAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Stop);

        public void OnData(RoomParticipant room, ReceivedData data) =>
            _all.Writer.TryWrite($"data {data.Identity} {data.Topic} {Encoding.UTF8.GetString(data.Payload.Span)}");

        public void OnDtmf(RoomParticipant room, string identity, char digit) => _all.Writer.TryWrite($"dtmf {identity} {digit}");

        public void OnText(RoomParticipant room, ReceivedText text) =>
            _all.Writer.TryWrite($"text {text.Identity} {text.Topic} {text.Attributes["of"]} {text.Text}");

        public void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
        {
        }

        public void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }

        public void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }

        public void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
        {
        }
    }
}
