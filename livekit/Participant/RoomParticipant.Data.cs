using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <content>Data packets over the channels <c>_reliable</c> and <c>_lossy</c>: messages, DTMF, texts, calls.</content>
public sealed partial class RoomParticipant
{
    // What others may have sent that is not dealt with yet; beyond it they send faster than the room's loop can run.
    private const int MaxWaitingData = 4096;

    private readonly Lock _sendLock = new();
    private readonly ReceivedSequences _received = new();
    private readonly TextStreams _texts = new();
    private readonly RpcCalls _calls;
    private readonly RpcServer _rpc;
    private readonly SentPackets _sent = new();
    private bool _holdsData;
    private int _waitingData;

    /// <summary>
    /// Sends data to others in the room. Before the room is joined it waits. Needs the token's <c>canPublishData</c>.
    /// </summary>
    /// <param name="payload">The bytes; LiveKit recommends at most 15 kB, and takes at most 65,000.</param>
    /// <param name="topic">What it is about.</param>
    /// <param name="reliable">Whether it is repeated until it arrives, and in order.</param>
    /// <param name="to">The identities that get it; everybody when none are given.</param>
    /// <exception cref="DataChannelException">It was not taken; the reason says what to do.</exception>
    public void PublishData(
        ReadOnlySpan<byte> payload, string? topic = null, bool reliable = true, params IEnumerable<string> to)
    {
        var user = new UserPacket { Payload = ByteString.CopyFrom(payload) };
        if (topic is not null) user.Topic = topic;
        Send(new DataPacket { User = user }, reliable, to);
    }

    /// <summary>Sends DTMF digits, one packet each, as LiveKit's SIP bridge does for those that the phone dialled.</summary>
    /// <param name="digits">0 to 9, *, #, A to D.</param>
    /// <param name="to">The identities that get it; everybody when none are given.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is no DTMF digit; none is sent.</exception>
    /// <exception cref="DataChannelException">It was not taken; the reason says what to do.</exception>
    public void SendDtmf(string digits, params IEnumerable<string> to)
    {
        ArgumentNullException.ThrowIfNull(digits);
        var codes = digits.Select(digit => new SipDTMF { Code = DtmfCode.Of(digit), Digit = $"{digit}" }).ToList();
        foreach (var code in codes)
            Send(new DataPacket { SipDtmf = code }, reliable: true, to);
    }

    /// <summary>Sends a text stream, cut into chunks where it is long.</summary>
    /// <param name="text">The text.</param>
    /// <param name="topic">What it is about, such as <c>lk.chat</c>.</param>
    /// <param name="attributes">What else to say of it.</param>
    /// <param name="to">The identities that get it; everybody when none are given.</param>
    /// <returns>The stream's id.</returns>
    /// <exception cref="DataChannelException">It was not taken; the reason says what to do.</exception>
    public string SendText(
        string text, string topic, IReadOnlyDictionary<string, string>? attributes = null, params IEnumerable<string> to)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (id, packets) = TextStreams.Cut(text, topic, attributes, _time.GetUtcNow());
        foreach (var packet in packets)
            Send(packet, reliable: true, to);
        return id;
    }

    /// <summary>Calls a method of another participant. Methods of ours are in <see cref="JoinOptions.Rpc"/>.</summary>
    /// <param name="identity">Whose method.</param>
    /// <param name="method">The method.</param>
    /// <param name="payload">The request, at most 15,360 bytes of UTF-8.</param>
    /// <param name="timeout">How long to wait for the answer; 15 s unless set.</param>
    /// <param name="cancellationToken">Gives up waiting; the other side is not told.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="RpcException">The call failed; its code says why.</exception>
    public Task<string> PerformRpc(
        string identity, string method, string payload, TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(identity);
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(payload);
        if (_end is not null)
            throw new RpcException(RpcErrorCode.RecipientDisconnected, "We are no longer in the room.");
        return _calls.Perform(identity, method, payload, timeout ?? TimeSpan.FromSeconds(15), cancellationToken);
    }

    private void Send(DataPacket packet, bool reliable, IEnumerable<string> to)
    {
        packet.DestinationIdentities.Add(to);
        Send(packet, reliable);
    }

    private void Send(DataPacket packet, bool reliable)
    {
        packet.Kind = reliable ? DataPacket.Types.Kind.Reliable : DataPacket.Types.Kind.Lossy;
        packet.ParticipantIdentity = Identity;
        // Numbers and sending in one order: the server drops a packet whose number is not higher.
        lock (_sendLock)
        {
            if (reliable) packet.Sequence = _sent.Last + 1;
            var bytes = packet.ToByteArray();
            // Without a session it waits for the next one; what is lossy would be late.
            if (!_holdsData) (reliable ? _session.Reliable : _session.Lossy).Send(bytes);
            if (reliable) _sent.Add(bytes);
        }
    }

    /// <summary>What is sent from now on waits for the next session.</summary>
    private void HoldData()
    {
        lock (_sendLock)
        {
            if (_holdsData) return;
            _holdsData = true;
            _sent.Clear();
        }
    }

    /// <summary>Sends what has waited for this session; what does not fit any more is lost with the one before.</summary>
    private void ReleaseData()
    {
        lock (_sendLock)
        {
            _holdsData = false;
            SendAgain(0);
        }
    }

    /// <summary>Sends again what the server has not got, as it says after a resume. It drops what it gets twice.</summary>
    private void SendAgain(uint after)
    {
        lock (_sendLock)
        {
            try
            {
                foreach (var packet in _sent.After(after))
                    _session.Reliable.Send(packet);
            }
            catch (DataChannelException e)
            {
                _logger.DataNotSent(e.Message);
            }
        }
    }

    /// <summary>Takes a message off the media thread at once.</summary>
    private void Queue(DataChannel channel, ReadOnlySpan<byte> message)
    {
        if (channel.Label is not (RoomSession.ReliableLabel or RoomSession.LossyLabel)) return;
        if (Interlocked.Increment(ref _waitingData) <= MaxWaitingData
            && _inbox.Writer.TryWrite(new Input.Data(channel.Label == RoomSession.ReliableLabel, message.ToArray())))
            return;
        Interlocked.Decrement(ref _waitingData);
        _logger.DataDropped(_options.Name);
    }

    private void TakeData(bool reliable, byte[] message)
    {
        Interlocked.Decrement(ref _waitingData);
        DataPacket packet;
        try
        {
            packet = DataPacket.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException)
        {
            _logger.DataMalformed(_options.Name);
            return;
        }

        if (reliable && !_received.IsNew(packet.ParticipantSid, packet.Sequence)) return;
        var from = packet.ParticipantIdentity;
        switch (packet.ValueCase)
        {
            case DataPacket.ValueOneofCase.User when _received.IsNew(packet.User.Nonce):
                var data = new ReceivedData(from, packet.User.Topic, packet.User.Payload.Memory, reliable);
                Raise(() => _events.OnData(this, data));
                break;
            case DataPacket.ValueOneofCase.SipDtmf when DtmfCode.DigitOf(packet.SipDtmf.Digit, packet.SipDtmf.Code) is { } digit:
                Raise(() => _events.OnDtmf(this, from, digit));
                break;
            case DataPacket.ValueOneofCase.RpcRequest:
                _rpc.Take(from, packet.RpcRequest);
                break;
            case DataPacket.ValueOneofCase.RpcAck:
                _calls.Take(packet.RpcAck);
                break;
            case DataPacket.ValueOneofCase.RpcResponse:
                _calls.Take(packet.RpcResponse);
                break;
            case DataPacket.ValueOneofCase.StreamHeader:
                Tell(_texts.Take(from, packet.StreamHeader));
                break;
            case DataPacket.ValueOneofCase.StreamChunk:
                _texts.Take(from, packet.StreamChunk);
                break;
            case DataPacket.ValueOneofCase.StreamTrailer:
                Tell(_texts.Take(from, packet.StreamTrailer));
                break;
        }
    }

    private void Tell(ReceivedText? text)
    {
        if (text is not null) Raise(() => _events.OnText(this, text));
    }

    private void ForgetDataOf(RemoteParticipant participant)
    {
        _received.Forget(participant.Sid);
        _texts.Disconnected(participant.Identity);
        _calls.Disconnected(participant.Identity);
    }

    private void StopData()
    {
        _rpc.Dispose();
        _calls.Disconnected();
    }
}
