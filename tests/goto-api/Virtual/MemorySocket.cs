using System.Net.WebSockets;
using System.Threading.Channels;

namespace GoTo.Api.Tests;

/// <summary>One end of a WebSocket without a network; messages take a while and are lost when the line is cut.</summary>
internal sealed class MemorySocket(TimeProvider time, Func<TimeSpan> delay) : WebSocket
{
    private readonly Channel<Frame> _arrived = Channel.CreateUnbounded<Frame>();
    private MemorySocket? _peer;
    private Frame? _reading;
    private int _read;
    private TimeSpan _lastArrival;
    private WebSocketCloseStatus? _closeStatus;
    private WebSocketState _state = WebSocketState.Open;

    public override WebSocketCloseStatus? CloseStatus => _closeStatus;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public static (MemorySocket Client, MemorySocket Server) Pair(TimeProvider time, Func<TimeSpan> delay)
    {
        var client = new MemorySocket(time, delay);
        var server = new MemorySocket(time, delay) { _peer = client };
        client._peer = server;
        return (client, server);
    }

    /// <summary>The line is cut: neither end hears anything any more, not even what was under way.</summary>
    public void Cut()
    {
        Break();
        _peer!.Break();
    }

    public override void Abort() => Cut();

    public override void Dispose() => Cut();

    public override Task SendAsync(
        ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        if (_state is not (WebSocketState.Open or WebSocketState.CloseReceived))
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        Carry(new Frame(buffer.ToArray(), messageType, endOfMessage, null));
        return Task.CompletedTask;
    }

    public override Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        if (_state is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            _state = _state == WebSocketState.Open ? WebSocketState.CloseSent : WebSocketState.Closed;
            Carry(new Frame([], WebSocketMessageType.Close, true, closeStatus));
        }

        return Task.CompletedTask;
    }

    public override Task CloseAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override async Task<WebSocketReceiveResult> ReceiveAsync(
        ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var part = await ReceiveAsync(buffer.AsMemory(), cancellationToken);
        return new WebSocketReceiveResult(part.Count, part.MessageType, part.EndOfMessage);
    }

    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            _reading ??= await _arrived.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }

        var frame = _reading;
        if (frame.Type == WebSocketMessageType.Close)
        {
            _closeStatus = frame.CloseStatus;
            _state = _state == WebSocketState.CloseSent ? WebSocketState.Closed : WebSocketState.CloseReceived;
        }

        var count = Math.Min(buffer.Length, frame.Bytes.Length - _read);
        frame.Bytes.AsSpan(_read, count).CopyTo(buffer.Span);
        _read += count;
        var whole = _read == frame.Bytes.Length;
        if (whole)
            (_reading, _read) = (null, 0);
        return new ValueWebSocketReceiveResult(count, frame.Type, whole && frame.EndOfMessage);
    }

    private void Carry(Frame frame)
    {
        // A stream keeps its order: nothing arrives before what was sent first.
        var now = time.GetElapsedTime(0);
        var arrival = now + delay();
        _lastArrival = arrival > _lastArrival ? arrival : _lastArrival;
        var peer = _peer!;
        time.CreateTimer(_ => peer._arrived.Writer.TryWrite(frame), null, _lastArrival - now, Timeout.InfiniteTimeSpan);
    }

    private void Break()
    {
        _state = WebSocketState.Aborted;
        _arrived.Writer.TryComplete();
    }

    private sealed record Frame(
        byte[] Bytes, WebSocketMessageType Type, bool EndOfMessage, WebSocketCloseStatus? CloseStatus);
}
