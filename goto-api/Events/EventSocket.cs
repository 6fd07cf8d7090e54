using System.Buffers;
using System.Net.WebSockets;

namespace GoTo.Api;

/// <summary>
/// One event WebSocket: whole messages of bounded size, closing (specification section 6.4; RFC 6455).
/// </summary>
internal sealed class EventSocket : IDisposable
{
    private readonly WebSocket _socket;
    private readonly EventStreamOptions _options;

    private EventSocket(WebSocket socket, EventStreamOptions options) => (_socket, _options) = (socket, options);

    /// <exception cref="EventSocketException">It could not be opened.</exception>
    public static async Task<EventSocket> Open(
        SocketConnector connect, Uri address, SocketCredentials credentials, EventStreamOptions options,
        CancellationToken cancellation) =>
        new(await connect(address, credentials, options, cancellation), options);

    /// <summary>Reads messages until the connection ends and tells why it did.</summary>
    /// <param name="onMessage">Takes each message; the memory is valid during the call only.</param>
    /// <param name="onInvalid">Takes the description of a message that was skipped.</param>
    public async Task<SocketEnd> Read(
        Func<ReadOnlyMemory<byte>, ValueTask> onMessage, Func<string, ValueTask> onInvalid)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (true)
            {
                var length = 0;
                var tooLarge = false;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == buffer.Length)
                        buffer = Grow(buffer, length);
                    part = await Receive(buffer.AsMemory(length));
                    length += part.Count;
                    if (length > _options.LargestMessage)
                    {
                        // Read on to the message's end, but keep nothing of it.
                        tooLarge = true;
                        length = 0;
                    }
                }
                while (!part.EndOfMessage);

                if (part.MessageType == WebSocketMessageType.Close)
                    return new SocketEnd((int?)_socket.CloseStatus, "the server closed the event WebSocket");
                if (tooLarge)
                    await onInvalid($"the message exceeds {_options.LargestMessage} bytes");
                else if (part.MessageType == WebSocketMessageType.Binary)
                    await onInvalid("the message is binary");
                else
                    await onMessage(buffer.AsMemory(0, length));
            }
        }
        catch (WebSocketException)
        {
            return new SocketEnd((int?)_socket.CloseStatus, "the event WebSocket broke");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Says goodbye, waits a moment for the reading to end with the server's goodbye, and lets go.</summary>
    public async Task Close(Task reading, TimeSpan limit, TimeProvider time)
    {
        try
        {
            using var cancel = new CancellationTokenSource(limit, time);
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel.Token);
                await reading.WaitAsync(cancel.Token);
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
        {
            // The connection is being given up either way.
        }
        finally
        {
            _socket.Abort();
        }
    }

    private async ValueTask<ValueWebSocketReceiveResult> Receive(Memory<byte> buffer)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, CancellationToken.None);
        }
        catch (OperationCanceledException aborted)
        {
            // Nobody cancelled: a missing pong or our own Close aborted the socket.
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, aborted);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

/// <summary>Why a connection ended.</summary>
/// <param name="CloseCode">The close code, or null when there was no close frame.</param>
/// <param name="Description">The end in words.</param>
internal sealed record SocketEnd(int? CloseCode, string Description)
{
    public override string ToString() => CloseCode is { } code ? $"{Description} ({code})" : Description;
}
