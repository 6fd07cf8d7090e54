using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <summary>
/// The sending half of an association (RFC 9260 sections 6.1, 6.3 and 7, RFC 3758): fragments, retransmission, flow and
/// congestion control, and messages that are given up.
/// </summary>
internal sealed partial class SctpSender(ISctpSink sink, SctpPacketWriter writer, RtoEstimator rto)
{
    private const int Mtu = SctpPacketWriter.MaxPacket;
    private const int DataHeader = 12;

    // The longest fragment: a packet of its own, and a multiple of four, so that none but the last needs padding.
    private const int MaxFragment = (Mtu - SctpPacket.HeaderLength - SctpChunk.HeaderLength - DataHeader) & ~3;
    private const int MinThreshold = 4 * Mtu;
    private const int MissesToLose = 3;

    private readonly LinkedList<OutgoingMessage> _waiting = [];
    private readonly List<OutgoingChunk> _outstanding = []; // in the order of TSNs
    private readonly Dictionary<ushort, ushort> _nextSequence = [];
    private uint _nextTsn;
    private uint _acknowledged;
    private uint _givenUpTo;
    private uint _remoteTag;
    private int _remoteWindow;
    private int _window = Math.Min(4 * Mtu, Math.Max(2 * Mtu, 4404));
    private int _threshold = int.MaxValue;
    private int _partlyAcknowledged;
    private int _inFlight;
    private uint? _recoveryEnd;
    private bool _lossWasFast;
    private bool _forwardTsnDue;

    /// <summary>When the retransmission timer (T3-rtx) fires, in ticks.</summary>
    public long RetransmitAt { get; private set; } = long.MaxValue;

    /// <summary>Whether everything has been delivered or given up.</summary>
    public bool IsIdle => _outstanding.Count == 0 && _waiting.Count == 0;

    /// <summary>The highest TSN used.</summary>
    public uint LastTsn => _nextTsn - 1;

    /// <summary>Whether the peer understands FORWARD-TSN (RFC 3758 section 3.3); without, nothing is given up.</summary>
    public bool PartialReliability { get; set; }

    /// <summary>Begins with our first TSN, when the peer's tag and window are known.</summary>
    public void Begin(uint initialTsn, uint remoteTag, uint remoteWindow)
    {
        _nextTsn = initialTsn;
        _acknowledged = _givenUpTo = initialTsn - 1;
        _remoteTag = remoteTag;
        _remoteWindow = (int)Math.Min(remoteWindow, int.MaxValue);
    }

    /// <summary>Queues a message.</summary>
    public void Enqueue(OutgoingMessage message) => _waiting.AddLast(message);

    /// <summary>Whether messages of a stream are still to be delivered.</summary>
    public bool Has(ushort stream) =>
        _waiting.Any(message => message.Stream == stream) || _outstanding.Exists(c => c.Message.Stream == stream);

    /// <summary>Our side of a stream has ended: its next message is number 0 again.</summary>
    public void ResetStream(ushort stream) => _nextSequence.Remove(stream);

    /// <summary>Sends what the windows allow: first what was lost, then what is new.</summary>
    public void Fill(long now)
    {
        GiveUpExpired(now);
        if (_forwardTsnDue) WriteForwardTsn(now);
        foreach (var chunk in _outstanding)
        {
            if (!chunk.IsLost || chunk.IsAcknowledged || chunk.Message.IsAbandoned) continue;
            // The first packet of a fast retransmission goes out whatever the window (RFC 9260 section 7.2.4).
            if (_inFlight > 0 && _inFlight + chunk.Length > _window && !_lossWasFast) break;
            _lossWasFast = false;
            chunk.IsLost = false;
            Write(chunk, now);
        }

        while (_waiting.First is { } first && Next(first.Value) is { } length)
        {
            if (_inFlight > 0 && (_inFlight + length > _window || length > _remoteWindow)) break;
            Write(Cut(first.Value, length), now);
            _remoteWindow = Math.Max(0, _remoteWindow - length);
            if (first.Value.IsCut) _waiting.RemoveFirst();
        }

        if (_inFlight == 0 && !NeedsForwardTsn) RetransmitAt = long.MaxValue;
    }

    /// <summary>The retransmission timer has fired: what is under way counts as lost (RFC 9260 section 6.3.3).</summary>
    public void OnRetransmissionTimeout(long now)
    {
        rto.BackOff();
        _threshold = Math.Max(_window / 2, MinThreshold);
        _window = Mtu;
        _partlyAcknowledged = 0;
        _recoveryEnd = null;
        foreach (var chunk in _outstanding.Where(chunk => chunk.IsInFlight)) chunk.IsLost = true;
        _inFlight = 0;
        GiveUpRetransmitted();
        _forwardTsnDue |= NeedsForwardTsn;
        RetransmitAt = now + rto.Rto;
    }

    private bool NeedsForwardTsn => Serial.After(_givenUpTo, _acknowledged);

    private static int? Next(OutgoingMessage message) =>
        message.IsCut ? null : Math.Min(MaxFragment, message.Data.Length - message.Cut);

    private OutgoingChunk Cut(OutgoingMessage message, int length)
    {
        var flags = message.Delivery.Unordered ? SctpDataFlags.Unordered : SctpDataFlags.None;
        if (message.Cut == 0)
        {
            flags |= SctpDataFlags.Beginning;
            if (!message.Delivery.Unordered)
            {
                message.Sequence = _nextSequence.GetValueOrDefault(message.Stream);
                _nextSequence[message.Stream] = (ushort)(message.Sequence + 1);
            }
        }

        if (message.Cut + length == message.Data.Length) flags |= SctpDataFlags.End;
        // The end of what there is to say is worth a SACK at once (RFC 7053).
        if (flags.HasFlag(SctpDataFlags.End) && _waiting.Count == 1) flags |= SctpDataFlags.Immediate;
        var chunk = new OutgoingChunk(_nextTsn++, message, message.Cut, length, flags);
        message.Cut += length;
        message.Outstanding++;
        _outstanding.Add(chunk);
        return chunk;
    }

    private void Write(OutgoingChunk chunk, long now)
    {
        var value = writer.Add(_remoteTag, SctpChunkType.Data, (byte)chunk.Flags, DataHeader + chunk.Length);
        BinaryPrimitives.WriteUInt32BigEndian(value, chunk.Tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], chunk.Message.Stream);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], chunk.Message.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], chunk.Message.Protocol);
        chunk.Data.CopyTo(value[DataHeader..]);
        chunk.SentAt = now;
        chunk.Transmissions++;
        chunk.Misses = 0;
        _inFlight += chunk.Length;
        if (RetransmitAt == long.MaxValue) RetransmitAt = now + rto.Rto;
    }

    private void GiveUpExpired(long now)
    {
        if (!PartialReliability) return;
        foreach (var message in _waiting.Where(m => m.Delivery.ExpiresAt <= now).ToList()) GiveUp(message);
        foreach (var chunk in _outstanding.Where(c => c.IsLost && c.Message.Delivery.ExpiresAt <= now).ToList())
            GiveUp(chunk.Message);
    }

    private void GiveUpRetransmitted()
    {
        if (!PartialReliability) return;
        foreach (var chunk in _outstanding.Where(c => c.IsLost).ToList())
        {
            if (chunk.Transmissions > chunk.Message.Delivery.MaxRetransmits) GiveUp(chunk.Message);
        }
    }

    /// <summary>Gives a message up; what was sent of it the peer is told to skip.</summary>
    private void GiveUp(OutgoingMessage message)
    {
        if (message.IsAbandoned) return;
        _inFlight -= _outstanding.Where(c => c.Message == message && c.IsInFlight).Sum(c => c.Length);
        message.IsAbandoned = true;
        _waiting.Remove(message);
        sink.OnSctpReleased(message.Stream, message.Protocol, message.Data.Length);
        AdvanceGivenUp();
    }

    /// <summary>Moves the Advanced.Peer.Ack.Point (RFC 3758 section 3.5).</summary>
    private void AdvanceGivenUp()
    {
        if (Serial.After(_acknowledged, _givenUpTo)) _givenUpTo = _acknowledged;
        foreach (var chunk in _outstanding)
        {
            if (!Serial.After(chunk.Tsn, _givenUpTo)) continue;
            if (!chunk.Message.IsAbandoned) break;
            _givenUpTo = chunk.Tsn;
        }

        _forwardTsnDue |= NeedsForwardTsn;
    }

    private void WriteForwardTsn(long now)
    {
        _forwardTsnDue = false;
        if (!NeedsForwardTsn) return;
        if (RetransmitAt == long.MaxValue) RetransmitAt = now + rto.Rto;
        const int Most = 200; // streams, that fit a packet
        var skipped = new Dictionary<ushort, ushort>();
        foreach (var chunk in _outstanding.Where(chunk => !Serial.After(chunk.Tsn, _givenUpTo)))
        {
            if (!chunk.Message.Delivery.Unordered) skipped[chunk.Message.Stream] = chunk.Message.Sequence;
        }

        var streams = skipped.Take(Most).ToList();
        var value = writer.Add(_remoteTag, SctpChunkType.ForwardTsn, 0, 4 + (4 * streams.Count));
        BinaryPrimitives.WriteUInt32BigEndian(value, _givenUpTo);
        foreach (var (stream, sequence) in streams)
        {
            value = value[4..];
            BinaryPrimitives.WriteUInt16BigEndian(value, stream);
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], sequence);
        }
    }
}
