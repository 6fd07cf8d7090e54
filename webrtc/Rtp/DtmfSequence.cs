namespace GoTo.WebRtc.Rtp;

/// <summary>
/// The telephone-event packets of a row of digits (RFC 4733 section 2.5.1): one every 20 ms while a digit lasts, the
/// last of each digit three times. Not thread safe.
/// </summary>
internal sealed class DtmfSequence
{
    /// <summary>How long between the packets of a digit.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private const int EndPackets = 3;

    // The usual power of a digit: -10 dBm0.
    private const byte Volume = 10;

    private readonly byte[] _codes;
    private readonly long _duration;
    private readonly long _gap;
    private readonly int _clockRate;
    private int _index;
    private int _packet;
    private long _digitAt;

    /// <summary>A row of digits that begins at once.</summary>
    /// <param name="digits">The digits; all of them DTMF.</param>
    /// <param name="duration">How long each lasts; at most what 16 bits of the clock hold.</param>
    /// <param name="gap">The silence between them; longer than two intervals.</param>
    /// <param name="clockRate">The RTP clock in Hz.</param>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    public DtmfSequence(string digits, TimeSpan duration, TimeSpan gap, int clockRate, long now)
    {
        _codes = Array.ConvertAll(digits.ToCharArray(), digit => (byte)TelephoneEvent.CodeOf(digit));
        _duration = duration.Ticks;
        _gap = gap.Ticks;
        _clockRate = clockRate;
        _digitAt = now;
    }

    /// <summary>When the next packet is due; <see cref="long.MaxValue"/> when all are sent.</summary>
    public long Due => _index < _codes.Length ? _digitAt + (_packet * Interval.Ticks) : long.MaxValue;

    /// <summary>Takes the next packet if it is due.</summary>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    /// <param name="next">What to send.</param>
    /// <param name="isFirst">Whether a digit begins with it: it is marked.</param>
    public bool TryTake(long now, out TelephoneEvent next, out bool isFirst)
    {
        (next, isFirst) = (default, false);
        if (now < Due)
            return false;
        isFirst = _packet == 0;
        var lasted = Math.Min(_duration, (_packet + 1) * Interval.Ticks);
        var isEnd = lasted == _duration;
        next = new TelephoneEvent(
            _codes[_index], isEnd, Volume, (ushort)(lasted * _clockRate / TimeSpan.TicksPerSecond));
        _packet++;
        var needed = (_duration + Interval.Ticks - 1) / Interval.Ticks;
        if (_packet == needed - 1 + EndPackets)
        {
            _index++;
            _packet = 0;
            _digitAt += _duration + _gap;
        }

        return true;
    }
}
