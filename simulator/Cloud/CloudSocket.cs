using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// The server's end of one WebSocket: messages go out in order from a queue, so that whoever sends never waits. It takes
/// messages before it is accepted, so that nothing is lost between the moment the peer finds it open and our next step.
/// </summary>
internal sealed class CloudSocket(HttpContext context)
{
    private const int LargestMessage = 512 * 1024;
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly Channel<Outgoing> _outbox = Channel.CreateUnbounded<Outgoing>();

    public void Send(JsonObject message) => Send(Encoding.UTF8.GetBytes(message.ToJsonString()));

    public void Send(byte[] text, WebSocketMessageType type = WebSocketMessageType.Text) =>
        _outbox.Writer.TryWrite(new Outgoing(text, type, null, null));

    /// <summary>Closes with a code after everything queued so far.</summary>
    public void Close(int code, string reason)
    {
        _outbox.Writer.TryWrite(new Outgoing([], WebSocketMessageType.Close, code, reason));
        _outbox.Writer.TryComplete();
    }

    /// <summary>Cuts the connection without a word, as a failing network does.</summary>
    public void Cut() => context.Abort();

    /// <summary>Leaves the connection half-open: nothing passes, and only its pings can tell the peer.</summary>
    public void Stall() => (context.Features.Get<IHttpUpgradeFeature>() as StallableConnection)?.Stall();

    /// <summary>Accepts the socket and serves it until either side ends it.</summary>
    /// <param name="onText">Takes each text message.</param>
    /// <param name="stopping">Ends the socket because the simulator stops.</param>
    /// <param name="onGone">Told once when the peer is gone, before it gets our goodbye: whoever has that finds it done.</param>
    public async Task Run(Action<string> onText, CancellationToken stopping, Action? onGone = null)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        var sending = SendAll(socket, end);
        try
        {
            await ReceiveAll(socket, onText, end.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException)
        {
            // The peer or the simulator is gone; there is nobody to tell.
        }
        finally
        {
            onGone?.Invoke();
        }

        _outbox.Writer.TryComplete();
        end.CancelAfter(GoodbyeLimit);
        await sending;
        if (socket.State == WebSocketState.CloseReceived)
            await TryClose(socket, 1000, null, end.Token);
    }

    private async Task ReceiveAll(WebSocket socket, Action<string> onText, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            message.SetLength(0);
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                message.Write(buffer, 0, part.Count);
                if (message.Length > LargestMessage)
                {
                    Close(1009, "The message is too large.");
                    return;
                }
            }
            while (!part.EndOfMessage);

            if (part.MessageType == WebSocketMessageType.Text)
                onText(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length));
        }
    }

    private async Task SendAll(WebSocket socket, CancellationTokenSource end)
    {
        try
        {
            // Not ReadAllAsync, which goes on wherever it likes: a run on virtual time has one thread.
            while (await _outbox.Reader.WaitToReadAsync(end.Token))
            {
                while (_outbox.Reader.TryRead(out var next))
                {
                    if (next.CloseCode is { } code)
                    {
                        await TryClose(socket, code, next.Reason, end.Token);
                        // The peer has a moment to say goodbye; then receiving ends too.
                        end.CancelAfter(GoodbyeLimit);
                        return;
                    }

                    await socket.SendAsync(next.Bytes, next.Type, endOfMessage: true, end.Token);
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException)
        {
            // The peer is gone, which the receiving side reports.
        }
    }

    private static async Task TryClose(
        WebSocket socket, int code, string? reason, CancellationToken cancellation)
    {
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, cancellation);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException)
        {
            // The peer went first.
        }
    }

    private readonly record struct Outgoing(byte[] Bytes, WebSocketMessageType Type, int? CloseCode, string? Reason);
}
