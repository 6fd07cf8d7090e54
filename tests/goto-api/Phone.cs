using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>A phone without audio on the simulator's phone socket.</summary>
internal sealed class Phone : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    public static async Task<Phone> At(GoToCloud cloud)
    {
        var phone = new Phone();
        await phone._socket.ConnectAsync(cloud.PhoneSocketUrl, Given.Cancellation);
        return phone;
    }

    public static async Task<Phone> Registered(GoToCloud cloud, string number)
    {
        var phone = await At(cloud);
        await phone.Send(new JsonObject { ["type"] = "register", ["number"] = number }.ToJsonString());
        await phone.Next("registered");
        return phone;
    }

    public Task Offer(string sdp) => Send(new JsonObject { ["type"] = "offer", ["sdp"] = sdp }.ToJsonString());

    public Task Dial(string from, string to, string sdp) => Send(
        new JsonObject { ["type"] = "dial", ["from"] = from, ["to"] = to, ["sdp"] = sdp }.ToJsonString());

    public Task Send(string text) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Given.Cancellation);

    /// <summary>The next message, which must be of this type.</summary>
    public async Task<JsonObject> Next(string type)
    {
        var message = await Receive();
        Assert.Equal(type, message.Text("type"));
        return message;
    }

    /// <summary>Reads on to a message of this type.</summary>
    public async Task<JsonObject> Until(string type)
    {
        while (true)
        {
            var message = await Receive();
            if (message.Text("type") == type)
                return message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _socket.Dispose();
    }

    private async Task<JsonObject> Receive()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, limit.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return (JsonObject)JsonNode.Parse(message.ToArray())!;
    }
}

internal static class JsonText
{
    public static string? Text(this JsonObject json, string name) => (string?)json[name];
}
