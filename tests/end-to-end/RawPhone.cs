using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using GoTo.Calls;

namespace GoTo.EndToEnd.Tests;

/// <summary>A phone that sends what no phone should.</summary>
internal sealed class RawPhone : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public static async Task<RawPhone> Connect(Uri phoneSocket)
    {
        var phone = new RawPhone();
        await phone._socket.ConnectAsync(phoneSocket, TestContext.Current.CancellationToken);
        return phone;
    }

    /// <summary>Dials, and waits until it rings.</summary>
    public async Task<CallKey> Dial(string to, string sdp)
    {
        await Say(new JsonObject { ["type"] = "dial", ["to"] = to, ["from"] = "+15551234567", ["sdp"] = sdp });
        return new CallKey(World.Account, (string)(await HearsOf("ringing"))["callId"]!);
    }

    public Task HangUp() => Say(new JsonObject { ["type"] = "hangup" });

    /// <summary>Waits for a message of a type, passing over others.</summary>
    public async Task<JsonNode> HearsOf(string type)
    {
        while (true)
        {
            var message = await Hear();
            if ((string?)message["type"] == type) return message;
            Assert.False((string?)message["type"] is "ended" or "error", $"The phone waits for '{type}' and hears {message}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _socket.Dispose();
    }

    private Task Say(JsonObject message) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    private async Task<JsonNode> Hear()
    {
        var heard = await _socket.ReceiveAsync(_buffer, TestContext.Current.CancellationToken)
            .Within(Limit, "the phone hears something");
        return JsonNode.Parse(_buffer.AsSpan(0, heard.Count))!;
    }
}
