namespace GoTo.WebRtc.Rtp;

/// <summary>
/// Finds the digits in a stream of telephone-event packets (RFC 4733): each once, at the first of its packets that
/// arrives, whichever of them are lost, repeated or late. What tells digits apart is the timestamp of their start with
/// their code. Not thread safe; no allocation.
/// </summary>
internal sealed class DtmfDetector
{
    // A packet that claims to be older than this is not late: its source has begun anew.
    private const int MaxLateSeconds = 10;

    private bool _hasEvent;
    private uint _ssrc;
    private uint _timestamp;
    private uint _codesAtTimestamp;
    private byte _event;
    private bool _ended;

    /// <summary>Takes a telephone-event packet.</summary>
    /// <param name="header">Its RTP header.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="clockRate">The clock of its timestamps in Hz.</param>
    /// <param name="digit">The digit that begins with it.</param>
    /// <returns>Whether a digit begins with it.</returns>
    public bool TryDetect(in RtpHeader header, ReadOnlySpan<byte> payload, int clockRate, out char digit)
    {
        digit = default;
        if (!TelephoneEvent.TryParse(payload, out var received) || received.Digit is not { } code)
            return false;
        if (!IsNew(header, received, clockRate))
            return false;
        digit = code;
        return true;
    }

    private bool IsNew(in RtpHeader header, in TelephoneEvent received, int clockRate)
    {
        if (_hasEvent && header.Ssrc == _ssrc)
        {
            var later = (int)(header.Timestamp - _timestamp);
            if (later < 0 && later >= -MaxLateSeconds * clockRate)
                return false;
            if (later == 0 && (_codesAtTimestamp & Bit(received)) != 0)
            {
                _ended |= received.End;
                return false;
            }

            // A long event goes on where the duration field ended, without a marker (RFC 4733 section 2.5.1.3).
            var goesOn = later == TelephoneEvent.MaxDuration && received.Event == _event && !_ended && !header.Marker;
            if (later != 0)
                _codesAtTimestamp = 0;
            Remember(header, received);
            return !goesOn;
        }

        _codesAtTimestamp = 0;
        Remember(header, received);
        return true;
    }

    private void Remember(in RtpHeader header, in TelephoneEvent received)
    {
        _hasEvent = true;
        _ssrc = header.Ssrc;
        _timestamp = header.Timestamp;
        _codesAtTimestamp |= Bit(received);
        _event = received.Event;
        _ended = received.End;
    }

    private static uint Bit(in TelephoneEvent received) => 1u << received.Event;
}
