namespace GoTo.WebRtc.Rtcp;

/// <summary>
/// When the next compound RTCP packet is due: 1 s after the start, then every 5 s ± 50 % (RFC 3550 section 6.2).
/// </summary>
internal sealed class RtcpScheduler
{
    private const long FirstDelay = TimeSpan.TicksPerSecond;
    private const long Least = 5 * TimeSpan.TicksPerSecond / 2;
    private const long Most = 15 * TimeSpan.TicksPerSecond / 2;

    /// <summary>Monotonic time in ticks of 100 ns; long.MaxValue before <see cref="Start"/>.</summary>
    public long Due { get; private set; } = long.MaxValue;

    public void Start(long now) => Due = now + FirstDelay;

    public void Stop() => Due = long.MaxValue;

    /// <summary>Says whether a packet is due, and if so plans the next.</summary>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    /// <param name="entropy">Spreads the intervals.</param>
    public bool TryTake(long now, Entropy entropy)
    {
        if (now < Due)
            return false;
        Due = Beat.UpTo(now) + Least + Beat.Interval * entropy.Next((int)((Most - Least) / Beat.Interval) + 1);
        return true;
    }
}
