namespace GoTo.WebRtc.Rtcp;

/// <summary>
/// What a listener thinks of a connection, by the E-model (ITU-T G.107) with its default values: echo cancelled, no
/// noise, no expectation of less (advantage factor 0).
/// </summary>
internal static class EModel
{
    // All of section 7.1's default values together.
    private const double BestRating = 93.2;

    // G.113 appendix I: G.711 with loss concealment. It has no values of Opus, whose concealment is no worse.
    private const double LossRobustness = 25.1;

    // A packet of 20 ms, and the playout that waits for the latest.
    private static readonly TimeSpan PacketTime = TimeSpan.FromMilliseconds(20);

    /// <summary>The transmission rating R, 0 to 93.2 (section 7): R = R0 - Idd - Ie,eff.</summary>
    /// <param name="loss">The fraction of packets lost, 0 to 1.</param>
    /// <param name="roundTrip">The network's round-trip time; zero if not known.</param>
    /// <param name="jitter">The interarrival jitter (RFC 3550), of which playout waits for twice as much.</param>
    public static double Rating(double loss, TimeSpan roundTrip, TimeSpan jitter)
    {
        var delay = (roundTrip / 2) + PacketTime + (2 * jitter);
        var percent = 100 * Math.Clamp(loss, 0, 1);
        var lossImpairment = 95 * percent / (percent + LossRobustness);
        return Math.Clamp(BestRating - DelayImpairment(delay) - lossImpairment, 0, 100);
    }

    /// <summary>The mean opinion score of a rating, 1 (bad) to 4.5 (annex B).</summary>
    public static double MeanOpinion(double rating) => rating switch
    {
        <= 0 => 1,
        >= 100 => 4.5,
        _ => Math.Max(1, 1 + (0.035 * rating) + (rating * (rating - 60) * (100 - rating) * 7e-6)),
    };

    /// <summary>Idd (section 7.4): what absolute delay alone does to a conversation, nothing up to 100 ms.</summary>
    internal static double DelayImpairment(TimeSpan delay)
    {
        if (delay.TotalMilliseconds <= 100)
            return 0;
        var x = Math.Log2(delay.TotalMilliseconds / 100);
        return 25 * (Root(1 + Math.Pow(x, 6)) - (3 * Root(1 + Math.Pow(x / 3, 6))) + 2);

        static double Root(double value) => Math.Pow(value, 1.0 / 6);
    }
}
