using System.Text;
using GoTo.WebRtc.Peer;

namespace GoTo.WebRtc;

/// <summary>
/// A data channel of an <see cref="RtcPeer"/> (RTCDataChannel of W3C WebRTC; RFC 8831, RFC 8832). A thread-safe handle;
/// what happens to it is told to the peer's <see cref="IRtcPeerEvents"/>.
/// </summary>
public sealed class DataChannel
{
    /// <summary>How many bytes of messages may be kept in one channel until the remote side has them: 1 MiB.</summary>
    public const int MaxBuffered = 1 << 20;

    private readonly PeerConnection _connection;
    private volatile int _state;
    private volatile int _maxMessageSize = 64 * 1024; // until the remote side has said more (RFC 8841 section 6.1)
    private int _buffered;
    private int _refused;

    internal DataChannel(PeerConnection connection, string label, DataChannelOptions options)
    {
        _connection = connection;
        Label = label;
        Options = options;
    }

    /// <summary>The name that the side which made it gave it.</summary>
    public string Label { get; }

    /// <summary>How it delivers.</summary>
    public DataChannelOptions Options { get; }

    /// <summary>The state now.</summary>
    public DataChannelState State
    {
        get => (DataChannelState)_state;
        internal set => _state = (int)value;
    }

    /// <summary>The bytes of messages that were sent here and that the remote side does not have yet.</summary>
    public int BufferedAmount => Volatile.Read(ref _buffered);

    /// <summary>The longest message that the remote side takes, in bytes; at most 256 KiB.</summary>
    public int MaxMessageSize
    {
        get => _maxMessageSize;
        internal set => _maxMessageSize = value;
    }

    /// <summary>The SCTP stream; null until there is an association.</summary>
    internal ushort? Stream { get; set; }

    /// <summary>Whether the remote side has acknowledged the channel; until then all is sent in order.</summary>
    internal bool IsAcknowledged { get; set; }

    /// <summary>What was sent before there was an association; touched by the shard only.</summary>
    internal Queue<(byte[] Message, bool IsText)> Early { get; } = new();

    /// <summary>Sends a binary message. Copied; before the channel is open it waits for that.</summary>
    /// <param name="message">The message; may be empty.</param>
    /// <exception cref="DataChannelException">It was not taken; the reason says what to do.</exception>
    public void Send(ReadOnlySpan<byte> message)
    {
        Reserve(message.Length);
        _connection.SendData(this, message.ToArray(), isText: false);
    }

    /// <summary>Sends a text message, as UTF-8.</summary>
    /// <param name="message">The text.</param>
    /// <exception cref="DataChannelException">It was not taken; the reason says what to do.</exception>
    public void Send(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var bytes = Encoding.UTF8.GetBytes(message);
        Reserve(bytes.Length);
        _connection.SendData(this, bytes, isText: true);
    }

    /// <summary>
    /// Closes the channel once what was sent is delivered; then <see cref="IRtcPeerEvents.OnDataChannelClosed"/>.
    /// </summary>
    public void Close() => _connection.CloseData(this);

    /// <summary>Gives room back; true when the application waits for room, and half of it is there.</summary>
    internal bool Release(int bytes)
    {
        var left = Interlocked.Add(ref _buffered, -bytes);
        return left <= MaxBuffered / 2 && Interlocked.Exchange(ref _refused, 0) != 0;
    }

    private void Reserve(int bytes)
    {
        if (State >= DataChannelState.Closing)
            throw new DataChannelException(DataChannelError.Closed, $"Data channel {Label} is {State}: open another.");
        if (bytes > MaxMessageSize)
            throw new DataChannelException(
                DataChannelError.MessageTooLong,
                $"A message of {bytes} bytes is longer than the {MaxMessageSize} that data channel {Label} takes.");
        if (Interlocked.Add(ref _buffered, bytes) <= MaxBuffered)
            return;
        // First the mark, then the room: what is released in between tells that there is room.
        Interlocked.Exchange(ref _refused, 1);
        if (Release(bytes)) _connection.TellDrained(this);
        throw new DataChannelException(
            DataChannelError.BufferFull,
            $"Data channel {Label} keeps {BufferedAmount} bytes that are not delivered yet; wait until it is drained.");
    }
}
