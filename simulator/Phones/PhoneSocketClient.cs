using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Phones;

/// <summary>The phone's end of a phone socket: JSON messages, one a WebSocket text message.</summary>
internal sealed class PhoneSocketClient : IAsyncDisposable
{
    private const int LargestMessage = 512 * 1024;
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly ClientWebSocket _socket = new();

    private PhoneSocketClient()
    {
    }

    public static async Task<PhoneSocketClient> Connect(Uri address, CancellationToken cancellation)
    {
        var client = new PhoneSocketClient();
        try
        {
            await client._socket.ConnectAsync(address, cancellation);
            return client;
        }
        catch (WebSocketException failure)
        {
            client._socket.Dispose();
            throw new PhoneSocketException(
                "CLOSED", $"the phone socket {address} cannot be reached: {failure.Message}");
        }
        catch
        {
            client._socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one message; never two at a time.</summary>
    public Task Send(JsonObject message, CancellationToken cancellation) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellation);

    /// <summary>The messages until either side closes the socket.</summary>
    /// <exception cref="PhoneSocketException">A message is not a JSON object or too large.</exception>
    public async IAsyncEnumerable<JsonObject> ReadAll([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await Read(cancellation) is { } message)
            yield return message;
    }

    /// <summary>Says goodbye: nothing is sent any more, and reading ends when the other side has said it too.</summary>
    public async Task CloseOutput()
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var limit = new CancellationTokenSource(GoodbyeLimit);
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            }
            catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
            {
                // The other side went first.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseOutput();
        _socket.Dispose();
    }

    private async Task<JsonObject?> Read(CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        try
        {
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellation);
                if (part.MessageType == WebSocketMessageType.Close)
                    return null;
                message.Write(buffer, 0, part.Count);
                if (message.Length > LargestMessage)
                    throw new PhoneSocketException("MALFORMED", "a message is larger than 512 KiB");
            }
            while (!part.EndOfMessage);
            return JsonNode.Parse(message.ToArray()) as JsonObject
                ?? throw new PhoneSocketException("MALFORMED", "a message is not a JSON object");
        }
        catch (Exception closed) when (closed is WebSocketException or ObjectDisposedException)
        {
            return null;
        }
        catch (JsonException)
        {
            throw new PhoneSocketException("MALFORMED", "a message is not JSON");
        }
    }
}
