namespace GoTo.WebRtc.Sctp;

/// <summary>
/// The retransmission time-out (RFC 9260 section 6.3). Its bounds are closer than the RFC's 1 s and 60 s: one path with
/// ICE's own consent checks, and delayed acknowledgements of at most 200 ms.
/// </summary>
internal sealed class RtoEstimator
{
    private static readonly long Initial = TimeSpan.FromSeconds(1).Ticks;
    private static readonly long Min = TimeSpan.FromMilliseconds(400).Ticks;
    private static readonly long Max = TimeSpan.FromSeconds(5).Ticks;

    private long? _smoothed;
    private long _variation;

    /// <summary>The time-out now, in ticks.</summary>
    public long Rto { get; private set; } = Initial;

    /// <summary>Takes a measured round trip of something that was sent once (Karn's rule).</summary>
    public void Measure(long roundTrip)
    {
        if (_smoothed is { } smoothed)
        {
            _variation = ((3 * _variation) + Math.Abs(smoothed - roundTrip)) / 4;
            _smoothed = ((7 * smoothed) + roundTrip) / 8;
        }
        else
        {
            _smoothed = roundTrip;
            _variation = roundTrip / 2;
        }

        Rto = Math.Clamp(_smoothed.Value + (4 * _variation), Min, Max);
    }

    /// <summary>Doubles the time-out after one has passed.</summary>
    public void BackOff() => Rto = Math.Min(2 * Rto, Max);
}
