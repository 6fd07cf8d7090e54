namespace GoTo.WebRtc.Sctp;

/// <summary>
/// The data channels of one peer over its SCTP association (RFC 8831), opened in band (RFC 8832). Sans-IO; belongs to
/// one thread.
/// </summary>
internal sealed class DataChannels : ISctpSink
{
    private const int MaxChannels = 256;

    private readonly IDataChannelSink _sink;
    private readonly Entropy _entropy;
    private readonly Dictionary<ushort, DataChannel> _byStream = [];
    private readonly List<DataChannel> _channels = [];
    private readonly HashSet<ushort> _endedThere = [];
    private SctpAssociation? _association;
    private bool _isEven;
    private int _maxMessageSize;
    private long _now;

    public DataChannels(Entropy entropy, IDataChannelSink sink)
    {
        _entropy = entropy;
        _sink = sink;
    }

    /// <summary>When <see cref="Tick"/> is to be called next, in ticks.</summary>
    public long NextDeadline => _association?.NextDeadline ?? long.MaxValue;

    /// <summary>Begins, when DTLS is done: its client has the even streams (RFC 8832 section 6).</summary>
    /// <param name="isDtlsClient">Our DTLS role.</param>
    /// <param name="port">Our port.</param>
    /// <param name="remotePort">The peer's port.</param>
    /// <param name="maxMessageSize">The longest message that the peer takes.</param>
    /// <param name="now">The time in ticks.</param>
    public void Start(bool isDtlsClient, ushort port, ushort remotePort, int maxMessageSize, long now)
    {
        _now = now;
        _isEven = isDtlsClient;
        _maxMessageSize = maxMessageSize;
        _association = new SctpAssociation(port, remotePort, _entropy, this);
        foreach (var channel in _channels.ToArray()) Announce(channel);
        _association.Start(now);
    }

    /// <summary>Takes a packet of the peer.</summary>
    public void Handle(ReadOnlySpan<byte> packet, long now)
    {
        _now = now;
        _association?.Handle(packet, now);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(long now)
    {
        _now = now;
        _association?.Tick(now);
    }

    /// <summary>Makes a channel of ours known to the peer, as soon as it can be.</summary>
    public void Open(DataChannel channel, long now)
    {
        _now = now;
        if (_channels.Count >= MaxChannels)
        {
            Close(channel, $"A peer has at most {MaxChannels} data channels.");
            return;
        }

        _channels.Add(channel);
        if (_association is not null) Announce(channel);
    }

    /// <summary>Sends a message of a channel.</summary>
    public void Send(DataChannel channel, byte[] message, bool isText, long now)
    {
        _now = now;
        if (channel.State >= DataChannelState.Closing) return;
        if (_association is null) channel.Early.Enqueue((message, isText));
        else Transmit(channel, message, isText);
    }

    /// <summary>Closes a channel by ending our side of its stream (RFC 8831 section 6.7).</summary>
    public void Close(DataChannel channel, long now)
    {
        _now = now;
        if (channel.State >= DataChannelState.Closing) return;
        if (channel.Stream is { } stream && _association is not null)
        {
            channel.State = DataChannelState.Closing;
            _association.EndStream(stream, now);
        }
        else
        {
            Close(channel, reason: null);
        }
    }

    /// <summary>Closes all of them, and the association.</summary>
    public void CloseAll(string? reason)
    {
        _association?.Abort(reason);
        foreach (var channel in _channels.ToArray()) Close(channel, reason);
    }

    void ISctpSink.OnSctpEstablished()
    {
        // A channel is open when the peer has acknowledged it, not before.
    }

    void ISctpSink.SendSctp(ReadOnlySpan<byte> packet) => _sink.SendSctp(packet);


    void ISctpSink.OnSctpMessage(ushort stream, uint protocol, ReadOnlySpan<byte> message)
    {
        if (protocol == DataProtocol.Control)
        {
            TakeControl(stream, message);
            return;
        }

        if (!_byStream.TryGetValue(stream, out var channel)) return;
        // Data of the peer says as much as its acknowledgement (RFC 8832 section 6).
        Acknowledge(channel);
        var isText = protocol is DataProtocol.Text or DataProtocol.EmptyText;
        if (!isText && protocol is not (DataProtocol.Binary or DataProtocol.EmptyBinary)) return;
        // An empty message is sent as one byte, since SCTP has none (RFC 8831 section 6.6).
        var isEmpty = protocol is DataProtocol.EmptyText or DataProtocol.EmptyBinary;
        _sink.OnMessage(channel, isEmpty ? [] : message, isText);
    }

    void ISctpSink.OnSctpStreamReset(ushort stream)
    {
        if (!_byStream.TryGetValue(stream, out var channel)) return;
        _endedThere.Add(stream);
        if (channel.State == DataChannelState.Closing) CloseWhenBothEnded(stream, channel);
        else Close(channel, _now);
    }

    void ISctpSink.OnSctpStreamEnded(ushort stream)
    {
        if (!_byStream.TryGetValue(stream, out var channel)) return;
        channel.Stream = null;
        CloseWhenBothEnded(stream, channel);
    }

    void ISctpSink.OnSctpReleased(ushort stream, uint protocol, int bytes)
    {
        // An empty message was sent as one byte, and what opens the channel is not the application's.
        if (protocol is not (DataProtocol.Text or DataProtocol.Binary)) return;
        if (_byStream.TryGetValue(stream, out var channel) && channel.Release(bytes)) _sink.OnDrained(channel);
    }

    void ISctpSink.OnSctpClosed(string? reason)
    {
        foreach (var channel in _channels.ToArray()) Close(channel, reason);
    }

    private void CloseWhenBothEnded(ushort stream, DataChannel channel)
    {
        if (channel.Stream is not null || !_endedThere.Remove(stream)) return;
        _byStream.Remove(stream);
        Close(channel, reason: null);
    }

    private void Close(DataChannel channel, string? reason)
    {
        if (channel.State == DataChannelState.Closed) return;
        channel.State = DataChannelState.Closed;
        _channels.Remove(channel);
        channel.Early.Clear();
        _sink.OnClosed(channel, reason);
    }

    private void Announce(DataChannel channel)
    {
        if (FreeStream() is not { } stream)
        {
            Close(channel, "All streams are in use.");
            return;
        }

        channel.Stream = stream;
        channel.MaxMessageSize = _maxMessageSize;
        _byStream[stream] = channel;
        Control(stream, Dcep.WriteOpen(channel.Label, channel.Options));
        while (channel.Early.TryDequeue(out var early)) Transmit(channel, early.Message, early.IsText);
    }

    private ushort? FreeStream()
    {
        for (var stream = _isEven ? 0 : 1; stream < SctpAssociation.MaxStreams; stream += 2)
        {
            if (!_byStream.ContainsKey((ushort)stream)) return (ushort)stream;
        }

        return null;
    }

    private void Transmit(DataChannel channel, byte[] message, bool isText)
    {
        var options = channel.Options;
        var protocol = (isText, message.Length) switch
        {
            (true, 0) => DataProtocol.EmptyText,
            (true, _) => DataProtocol.Text,
            (false, 0) => DataProtocol.EmptyBinary,
            _ => DataProtocol.Binary,
        };
        // Not before the peer knows the channel may its messages overtake one another (RFC 8832 section 6).
        var delivery = new SctpDelivery(
            Unordered: !options.Ordered && channel.IsAcknowledged,
            options.MaxRetransmits,
            options.MaxPacketLifeTime is { } life ? _now + life.Ticks : null);
        _association!.Send(channel.Stream!.Value, protocol, message.Length == 0 ? [0] : message, delivery, _now);
    }

    private void Control(ushort stream, byte[] message) =>
        _association!.Send(stream, DataProtocol.Control, message, default, _now);

    private void TakeControl(ushort stream, ReadOnlySpan<byte> message)
    {
        if (Dcep.IsAck(message))
        {
            if (_byStream.TryGetValue(stream, out var ours)) Acknowledge(ours);
        }
        else if (Dcep.TryReadOpen(message, out var label, out var options) && !_byStream.ContainsKey(stream)
            && _channels.Count < MaxChannels)
        {
            // Of the wrong parity, too: aiortc chooses by its ICE role, and a stream that is free collides with none.
            var channel = _sink.Accept(label, options);
            channel.Stream = stream;
            channel.MaxMessageSize = _maxMessageSize;
            channel.IsAcknowledged = true;
            channel.State = DataChannelState.Open;
            _byStream[stream] = channel;
            _channels.Add(channel);
            Control(stream, Dcep.Acknowledgement);
            _sink.OnOpen(channel, isRemote: true);
        }
        else
        {
            // An open that we do not take (section 5.1): the stream is closed again.
            _association!.EndStream(stream, _now);
        }
    }

    private void Acknowledge(DataChannel channel)
    {
        if (channel.IsAcknowledged) return;
        channel.IsAcknowledged = true;
        if (channel.State != DataChannelState.Connecting) return;
        channel.State = DataChannelState.Open;
        _sink.OnOpen(channel, isRemote: false);
    }
}
