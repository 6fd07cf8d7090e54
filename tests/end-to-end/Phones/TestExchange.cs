using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using GoTo.WebRtc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests.Phones;

/// <summary>A phone socket with an answering machine of one kind behind it, on a media engine of its own.</summary>
internal sealed class TestExchange : IAsyncDisposable, IRtcPeerEvents
{
    private readonly WebApplication _app;
    private readonly Func<Line, JsonObject, Task> _onDial;

    private TestExchange(Func<Line, JsonObject, Task> onDial)
    {
        _onDial = onDial;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(Serve);
    }

    public RtcEngine Engine { get; } = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);

    public Uri PhoneSocket => new(_app.Urls.Single().Replace("http:", "ws:", StringComparison.Ordinal) + "/phone");

    public static async Task<TestExchange> Start(Func<Line, JsonObject, Task> onDial)
    {
        var exchange = new TestExchange(onDial);
        await exchange.Engine.Ready;
        await exchange._app.StartAsync();
        return exchange;
    }

    /// <summary>Rings, answers, and gives every packet to the machine.</summary>
    public static Task<TestExchange> Answering(Func<AudioTransceiver, IRtpTap> machine) =>
        Start(async (line, dial) =>
        {
            await line.Tell("ringing");
            var (_, answer) = await line.Answer(dial, machine);
            await line.Tell("answer", ("sdp", answer));
        });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Engine.DisposeAsync();
    }

    void IRtcPeerEvents.OnStateChanged(PeerState state, PeerReason? reason)
    {
    }

    void IRtcPeerEvents.OnCandidate(string candidate)
    {
    }

    void IRtcPeerEvents.OnFirstPacket(AudioTransceiver transceiver)
    {
    }

    private async Task Serve(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var line = new Line(this, socket);
        while (await line.Hear() is { } message)
        {
            if ((string?)message["type"] == "dial")
                await _onDial(line, message);
            else
                await line.Tell("ended", ("reason", "caller_hangup"));
        }
    }

    /// <summary>One phone's connection.</summary>
    internal sealed class Line(TestExchange exchange, WebSocket socket)
    {
        public Task Tell(string type, params (string Name, string Value)[] fields)
        {
            var message = new JsonObject { ["type"] = type, ["callId"] = "call_1" };
            foreach (var (name, value) in fields)
                message[name] = value;
            var text = Encoding.UTF8.GetBytes(message.ToJsonString());
            return socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }

        public Task Hang() => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        public async Task<(RtcPeer Peer, string Answer)> Answer(
            JsonObject dial, Func<AudioTransceiver, IRtpTap> machine)
        {
            var peer = exchange.Engine.CreatePeer(new PeerOptions { Name = "machine" }, exchange);
            var audio = peer.AddTransceiver(TransceiverDirection.SendRecv);
            audio.Receiver.Tap = machine(audio);
            return (peer, await peer.AcceptOffer((string)dial["sdp"]!));
        }

        public async Task<JsonObject?> Hear()
        {
            var buffer = new byte[64 * 1024];
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            return part.MessageType == WebSocketMessageType.Close
                ? null
                : (JsonObject)JsonNode.Parse(buffer.AsSpan(0, length))!;
        }
    }
}
