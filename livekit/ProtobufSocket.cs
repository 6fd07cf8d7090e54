using System.Buffers;
using System.Net.WebSockets;
using Google.Protobuf;

namespace GoTo.LiveKit;

/// <summary>
/// A WebSocket that carries one protobuf message in each binary message, as LiveKit's signalling and worker sockets do.
/// Sends may come from any thread; one receive at a time.
/// </summary>
/// <typeparam name="TSend">The message sent.</typeparam>
/// <typeparam name="TReceive">The message received.</typeparam>
public sealed class ProtobufSocket<TSend, TReceive> : IAsyncDisposable
    where TSend : class, IMessage<TSend>
    where TReceive : class, IMessage<TReceive>
{
    // A join response tells every participant's metadata and attributes, up to 128 kB each.
    private const int LongestMessage = 16 * 1024 * 1024;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly MessageParser<TReceive> _parser;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private byte[] _buffer = new byte[4096];

    /// <summary>Carries messages over an open socket, which is then owned.</summary>
    /// <param name="socket">The open socket.</param>
    /// <param name="parser">Parses what arrives; unknown fields are skipped.</param>
    public ProtobufSocket(WebSocket socket, MessageParser<TReceive> parser)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(parser);
        _socket = socket;
        _parser = parser;
    }

    /// <summary>How the socket ended, once <see cref="Receive"/> gave null.</summary>
    public string End { get; private set; } = "open";

    /// <summary>Sends a message; does nothing when the socket has ended, which shows on the receiving side.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up, which breaks the socket.</param>
    public async ValueTask Send(TSend message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var length = message.CalculateSize();
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            message.WriteTo(bytes.AsSpan(0, length));
            await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await _socket.SendAsync(
                        bytes.AsMemory(0, length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken)
                        .ConfigureAwait(false);
            }
            catch (Exception e) when (IsBreak(e, cancellationToken))
            {
                _socket.Abort();
            }
            finally
            {
                _sending.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Receives the next message, or null when the socket has ended (<see cref="End"/> says how).</summary>
    /// <param name="cancellationToken">Gives up, which breaks the socket.</param>
    /// <exception cref="InvalidProtocolBufferException">The message is not what it should be.</exception>
    public async ValueTask<TReceive?> Receive(CancellationToken cancellationToken = default)
    {
        var length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsBreak(e, cancellationToken))
            {
                var why = (e as WebSocketException)?.WebSocketErrorCode.ToString() ?? e.GetType().Name;
                return Ended($"broken ({why})");
            }
            if (part.MessageType == WebSocketMessageType.Close)
                return Ended(
                    $"closed by the other side ({(int?)_socket.CloseStatus} {_socket.CloseStatusDescription})");
            length += part.Count;
            if (!part.EndOfMessage)
            {
                if (length == LongestMessage)
                {
                    await Close(WebSocketCloseStatus.MessageTooBig).ConfigureAwait(false);
                    return Ended($"closed: a message was longer than {LongestMessage} bytes");
                }
                if (length == _buffer.Length)
                    Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, LongestMessage));
                continue;
            }
            if (part.MessageType == WebSocketMessageType.Binary)
                return _parser.ParseFrom(_buffer, 0, length);
            // Text carries proto JSON, which neither side of ours asks for.
            length = 0;
        }
    }

    /// <summary>Says goodbye and does not wait for the other side's.</summary>
    /// <param name="status">The close code.</param>
    public async ValueTask Close(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure)
    {
        using var patience = new CancellationTokenSource(CloseTimeout);
        try
        {
            await _sending.WaitAsync(patience.Token).ConfigureAwait(false);
            try
            {
                if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await _socket.CloseOutputAsync(status, null, patience.Token).ConfigureAwait(false);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _socket.Abort();
        }
    }

    /// <summary>Closes the socket and frees it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Close().ConfigureAwait(false);
        _socket.Dispose();
    }

    // What is under way when the socket breaks is cancelled by the socket itself, whoever waits.
    private static bool IsBreak(Exception e, CancellationToken cancellationToken) =>
        e is WebSocketException or ObjectDisposedException or IOException
        || e is OperationCanceledException && !cancellationToken.IsCancellationRequested;

    private TReceive? Ended(string how)
    {
        End = how;
        return null;
    }
}
