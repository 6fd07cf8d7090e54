namespace GoTo.WebRtc.Rtcp;

/// <summary>Turns the engine's monotonic time into NTP timestamps (RFC 3550 section 4).</summary>
/// <param name="wallClockAtZero">The wall-clock time at monotonic time 0.</param>
internal readonly struct NtpClock(DateTimeOffset wallClockAtZero)
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly long _ticksAtZero = (wallClockAtZero - Epoch).Ticks;

    /// <summary>The 32.32 fixed-point time.</summary>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    public ulong At(long now) => (ulong)((UInt128)(ulong)(_ticksAtZero + now) * (1UL << 32) / TimeSpan.TicksPerSecond);

    /// <summary>Round-trip time from a block on our own SSRC: arrival - LSR - DLSR (RFC 3550 section 6.4.1).</summary>
    /// <param name="report">The received block.</param>
    /// <param name="now">When it arrived.</param>
    /// <returns>Null if the remote has not yet seen a sender report, or the block makes no sense.</returns>
    public TimeSpan? RoundTrip(in ReportBlock report, long now)
    {
        if (report.LastSenderReport == 0)
            return null;
        var trip = (int)((uint)(At(now) >> 16) - report.LastSenderReport - report.DelaySinceLastSenderReport);
        // The remote rounds its delay, so a loopback trip may come out a hair below zero.
        return trip < -65 ? null : TimeSpan.FromTicks(Math.Max(0, trip) * TimeSpan.TicksPerSecond / 65536);
    }
}
