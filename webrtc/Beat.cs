namespace GoTo.WebRtc;

/// <summary>
/// The beat on which a shard does for all its peers what need not be done at an exact moment: hundreds of silent peers
/// that are each woken up for alone would cost more than what they are woken up for.
/// </summary>
internal static class Beat
{
    /// <summary>The time between beats, in ticks.</summary>
    public const long Interval = 100 * TimeSpan.TicksPerMillisecond;

    /// <summary>The last beat up to a time, both in monotonic ticks.</summary>
    public static long UpTo(long time) => time - (time % Interval);
}
