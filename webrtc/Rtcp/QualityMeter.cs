namespace GoTo.WebRtc.Rtcp;

/// <summary>
/// The quality of one direction: of the last interval and of the whole call, as the mean over its intervals. Not
/// thread-safe.
/// </summary>
internal sealed class QualityMeter
{
    private double _sum;
    private int _intervals;
    private double _last;

    /// <summary>The quality up to now; none before the first interval in which audio came.</summary>
    public AudioQuality? Quality => _intervals == 0
        ? null
        : new AudioQuality(EModel.MeanOpinion(_last), EModel.MeanOpinion(_sum / _intervals));

    /// <summary>Takes in an interval in which audio was sent.</summary>
    /// <param name="loss">The fraction of packets lost in it, 0 to 1.</param>
    /// <param name="roundTrip">The round-trip time; none if not known.</param>
    /// <param name="jitter">The interarrival jitter.</param>
    public void Add(double loss, TimeSpan? roundTrip, TimeSpan jitter)
    {
        _last = EModel.Rating(loss, roundTrip ?? TimeSpan.Zero, jitter);
        _sum += _last;
        _intervals++;
    }
}
