namespace GoTo.WebRtc.Rtp;

/// <summary>
/// Gives the packets of changing sources one outgoing stream: constant SSRC, continuous sequence numbers and timestamps
/// (RFC 3550 section 5.1). Gaps and reordering within a source stay visible; nothing of an older source is let through.
/// Not thread safe; no allocation.
/// </summary>
internal sealed class RtpRewriter
{
    // RFC 3550 A.1.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    // How long packets of the source before are taken for late ones rather than for a switch back.
    private const long LateWindow = 2 * TimeSpan.TicksPerSecond;

    private readonly int _clockRate;
    private bool _hasSource;
    private bool _hasSent;
    private uint _sourceSsrc;
    private uint _previousSsrc;
    private bool _hasPrevious;
    private long _switchedAt;
    private ushort _baseSequence;
    private ushort _highestSequence;
    private ushort _sequenceOffset;
    private uint _timestampOffset;
    private int _restartSequence = -1;
    private ushort _lastSequence;
    private uint _lastTimestamp;
    private long _lastTimestampAt;
    private bool _local;
    private int _localSamples;

    /// <summary>Creates the outgoing stream.</summary>
    /// <param name="ssrc">The SSRC of everything sent.</param>
    /// <param name="clockRate">RTP clock in Hz of everything sent.</param>
    /// <param name="firstSequence">
    /// Below 2^15, so that a lost first packet leaves SRTP's rollover counter unambiguous.
    /// </param>
    /// <param name="firstTimestamp">Random (RFC 3550 section 5.1).</param>
    public RtpRewriter(uint ssrc, int clockRate, ushort firstSequence, uint firstTimestamp)
    {
        Ssrc = ssrc;
        _clockRate = clockRate;
        _lastSequence = (ushort)(firstSequence - 1);
        _lastTimestamp = firstTimestamp;
    }

    /// <summary>The SSRC of everything sent.</summary>
    public uint Ssrc { get; }

    /// <summary>
    /// Ends the current source; the next packet starts a new one, whatever its SSRC. Call it when forwarding stops or
    /// changes.
    /// </summary>
    public void SwitchSource()
    {
        _hasPrevious = false;
        _hasSource = false;
        _local = false;
    }

    /// <summary>Maps a received packet's header to the outgoing stream.</summary>
    /// <param name="source">The received header.</param>
    /// <param name="payloadType">The payload type to send with.</param>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    /// <param name="rewritten">The header to send.</param>
    /// <returns>False if the packet must be dropped: late from an older source, or a stray.</returns>
    public bool TryRewrite(in RtpHeader source, byte payloadType, long now, out RtpHeader rewritten)
    {
        rewritten = default;
        var marker = source.Marker;
        if (!_hasSource || source.Ssrc != _sourceSsrc)
        {
            if (_hasPrevious && source.Ssrc == _previousSsrc && now - _switchedAt < LateWindow)
                return false;
            if (_hasSource)
            {
                _previousSsrc = _sourceSsrc;
                _hasPrevious = true;
                _switchedAt = now;
            }
            StartSource(source, now);
            marker = true;
        }
        else
        {
            var delta = (short)(source.SequenceNumber - _highestSequence);
            if (delta is >= MaxDropout or <= -MaxMisorder)
            {
                // The source restarted its numbers if two packets in a row say so.
                if (source.SequenceNumber != _restartSequence)
                {
                    _restartSequence = (ushort)(source.SequenceNumber + 1);
                    return false;
                }
                StartSource(source, now);
                marker = true;
            }
            else if (delta > 0)
            {
                _highestSequence = source.SequenceNumber;
                _restartSequence = -1;
                // Numbers before the base belong to the source before; keep the base near enough to compare with.
                if ((ushort)(_highestSequence - _baseSequence) > 0x4000)
                    _baseSequence = (ushort)(_highestSequence - 0x2000);
            }
            else if ((short)(source.SequenceNumber - _baseSequence) < 0)
            {
                return false;
            }
        }
        rewritten = new RtpHeader(
            payloadType, (ushort)(source.SequenceNumber + _sequenceOffset), source.Timestamp + _timestampOffset, Ssrc,
            marker);
        Sent(rewritten, now);
        return true;
    }

    /// <summary>The header of the next packet made on this side.</summary>
    /// <param name="payloadType">The payload type to send with.</param>
    /// <param name="samples">The packet's duration in the RTP clock.</param>
    /// <param name="marker">Whether the packet starts a talk spurt.</param>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    public RtpHeader Next(byte payloadType, int samples, bool marker, long now)
    {
        uint timestamp;
        // A pause of more than a second is silence that the receiver has to see pass.
        if (_local && Elapsed(now) <= _localSamples + _clockRate)
        {
            timestamp = _lastTimestamp + (uint)_localSamples;
        }
        else
        {
            timestamp = NextTimestamp(now);
            marker = true;
        }
        _hasSource = false;
        _hasPrevious = false;
        _local = true;
        _localSamples = samples;
        var header = new RtpHeader(payloadType, (ushort)(_lastSequence + 1), timestamp, Ssrc, marker);
        Sent(header, now);
        return header;
    }

    /// <summary>The header of a packet that fills a silence; its timestamp is the time's.</summary>
    /// <param name="payloadType">The payload type to send with.</param>
    /// <param name="marker">Whether the silence begins with it.</param>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    public RtpHeader Silence(byte payloadType, bool marker, long now)
    {
        var header = new RtpHeader(payloadType, (ushort)(_lastSequence + 1), NextTimestamp(now), Ssrc, marker);
        SwitchSource();
        Sent(header, now);
        return header;
    }

    /// <summary>The timestamp of an event that begins now (RFC 4733), beside what is sent already.</summary>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    public uint BeginEvent(long now)
    {
        var timestamp = NextTimestamp(now);
        if (!_hasSent)
            (_lastTimestamp, _lastTimestampAt, _hasSent) = (timestamp, now, true);
        return timestamp;
    }

    /// <summary>
    /// The header of a packet of an event, made on this side, between those of the source: theirs after it count on
    /// from it, and what comes late from before it is dropped.
    /// </summary>
    /// <param name="payloadType">The payload type to send with.</param>
    /// <param name="timestamp">What <see cref="BeginEvent"/> gave.</param>
    /// <param name="marker">Whether the event begins with it.</param>
    public RtpHeader Insert(byte payloadType, uint timestamp, bool marker)
    {
        _lastSequence++;
        _sequenceOffset++;
        _baseSequence = (ushort)(_highestSequence + 1);
        return new RtpHeader(payloadType, _lastSequence, timestamp, Ssrc, marker);
    }

    /// <summary>The RTP timestamp that belongs to this moment, for sender reports (RFC 3550 section 6.4.1).</summary>
    public uint TimestampAt(long now) => _hasSent ? _lastTimestamp + Elapsed(now) : _lastTimestamp;

    private void StartSource(in RtpHeader source, long now)
    {
        _timestampOffset = NextTimestamp(now) - source.Timestamp;
        _sequenceOffset = (ushort)(_lastSequence + 1 - source.SequenceNumber);
        _sourceSsrc = source.Ssrc;
        _baseSequence = source.SequenceNumber;
        _highestSequence = source.SequenceNumber;
        _restartSequence = -1;
        _hasSource = true;
        _local = false;
    }

    private uint NextTimestamp(long now) => _hasSent ? _lastTimestamp + Math.Max(1, Elapsed(now)) : _lastTimestamp;

    private uint Elapsed(long now)
        => (uint)(Math.Max(0, now - _lastTimestampAt) * (Int128)_clockRate / TimeSpan.TicksPerSecond);

    private void Sent(in RtpHeader header, long now)
    {
        if (!_hasSent || (short)(header.SequenceNumber - _lastSequence) > 0)
            _lastSequence = header.SequenceNumber;
        if (!_hasSent || (int)(header.Timestamp - _lastTimestamp) > 0)
        {
            _lastTimestamp = header.Timestamp;
            _lastTimestampAt = now;
        }
        _hasSent = true;
    }
}
