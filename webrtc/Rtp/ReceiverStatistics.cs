using GoTo.WebRtc.Rtcp;

namespace GoTo.WebRtc.Rtp;

/// <summary>
/// Reception statistics of one remote SSRC: extended sequence numbers (RFC 3550 A.1), loss (A.3) and interarrival
/// jitter (A.8). Not thread safe; no allocation.
/// </summary>
internal sealed class ReceiverStatistics
{
    private const int SequenceModulus = 1 << 16;
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    private readonly int _clockRate;
    private ushort _maxSequence;
    private uint _cycles;
    private uint _baseSequence;
    private int _badSequence = -1;
    private long _expectedPrior;
    private long _receivedPrior;
    private long _receivedSinceBase;
    private uint _transit;
    private bool _hasTransit;
    private double _jitter;
    private uint _lastSenderReport;
    private long _lastSenderReportAt;

    /// <summary>Starts counting for a source.</summary>
    /// <param name="ssrc">The remote SSRC.</param>
    /// <param name="clockRate">Its RTP clock in Hz.</param>
    public ReceiverStatistics(uint ssrc, int clockRate)
    {
        Ssrc = ssrc;
        _clockRate = clockRate;
    }

    public uint Ssrc { get; }

    /// <summary>Packets received, late and duplicate ones included.</summary>
    public long PacketsReceived { get; private set; }

    /// <summary>Payload bytes received.</summary>
    public long BytesReceived { get; private set; }

    public uint ExtendedHighestSequence => _cycles + _maxSequence;

    /// <summary>Expected minus received packets; negative with duplicates (A.3).</summary>
    public long CumulativeLost => PacketsReceived == 0 ? 0 : Expected - _receivedSinceBase;

    /// <summary>Interarrival jitter in the RTP clock.</summary>
    public uint Jitter => (uint)_jitter;

    /// <summary>Interarrival jitter as a time.</summary>
    public TimeSpan JitterTime => TimeSpan.FromSeconds(_jitter / _clockRate);

    private long Expected => (long)ExtendedHighestSequence - _baseSequence + 1;

    /// <summary>Counts a packet.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payloadLength">Bytes of its payload.</param>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    /// <param name="isEvent">
    /// A telephone event (RFC 4733) repeats the timestamp of its start, which tells nothing about jitter.
    /// </param>
    /// <returns>False for a stray packet with a far-off sequence number, which is not counted (A.1).</returns>
    public bool Receive(in RtpHeader header, int payloadLength, long now, bool isEvent = false)
    {
        if (PacketsReceived == 0)
            Restart(header.SequenceNumber);
        else if (!UpdateSequence(header.SequenceNumber))
            return false;
        PacketsReceived++;
        _receivedSinceBase++;
        BytesReceived += payloadLength;
        if (!isEvent)
            UpdateJitter(header.Timestamp, now);
        return true;
    }

    /// <summary>Notes a sender report of this source, for LSR and DLSR (RFC 3550 section 6.4.1).</summary>
    public void ReceiveSenderReport(ulong ntpTimestamp, long now)
    {
        _lastSenderReport = (uint)(ntpTimestamp >> 16);
        _lastSenderReportAt = now;
    }

    /// <summary>Makes the next report block; its fraction lost counts from the block before.</summary>
    public ReportBlock CreateReport(long now)
    {
        var expected = PacketsReceived == 0 ? 0 : Expected;
        var expectedInterval = expected - _expectedPrior;
        var lostInterval = expectedInterval - (_receivedSinceBase - _receivedPrior);
        _expectedPrior = expected;
        _receivedPrior = _receivedSinceBase;
        var fraction = expectedInterval <= 0 || lostInterval <= 0
            ? 0
            : Math.Min(255, lostInterval * 256 / expectedInterval);
        var delay = _lastSenderReport == 0
            ? 0u
            : (uint)Math.Clamp((double)(now - _lastSenderReportAt) * 65536 / TimeSpan.TicksPerSecond, 0, uint.MaxValue);
        return new ReportBlock(
            Ssrc, (byte)fraction, (int)Math.Clamp(CumulativeLost, -0x800000, 0x7FFFFF), ExtendedHighestSequence, Jitter,
            _lastSenderReport, delay);
    }

    private bool UpdateSequence(ushort sequence)
    {
        var delta = (ushort)(sequence - _maxSequence);
        if (delta < MaxDropout)
        {
            if (sequence < _maxSequence)
                _cycles += SequenceModulus;
            _maxSequence = sequence;
            _badSequence = -1;
        }
        else if (delta <= SequenceModulus - MaxMisorder)
        {
            if (sequence != _badSequence)
            {
                _badSequence = (ushort)(sequence + 1);
                return false;
            }
            Restart(sequence);
        }
        return true;
    }

    private void Restart(ushort sequence)
    {
        _baseSequence = sequence;
        _maxSequence = sequence;
        _cycles = 0;
        _badSequence = -1;
        _receivedSinceBase = 0;
        _receivedPrior = 0;
        _expectedPrior = 0;
    }

    private void UpdateJitter(uint timestamp, long now)
    {
        var arrival = (uint)(now * (Int128)_clockRate / TimeSpan.TicksPerSecond);
        var transit = arrival - timestamp;
        if (_hasTransit)
        {
            var difference = Math.Abs((long)(int)(transit - _transit));
            _jitter += (difference - _jitter) / 16;
        }
        _transit = transit;
        _hasTransit = true;
    }
}
