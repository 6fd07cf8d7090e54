namespace GoTo.WebRtc;

/// <summary>An audio codec: encoding name, clock and channels as in a=rtpmap (RFC 8866 section 6.6).</summary>
/// <param name="Name">Encoding name; compared without regard to case in SDP.</param>
/// <param name="ClockRate">RTP clock in Hz; RTP timestamps and durations in samples count in it.</param>
/// <param name="Channels">Channels as signalled; Opus always signals 2 (RFC 7587 section 7).</param>
public sealed record AudioCodec(string Name, int ClockRate, int Channels)
{
    /// <summary>Opus (RFC 7587): 48 kHz clock, 960 samples = 20 ms.</summary>
    public static AudioCodec Opus { get; } = new("opus", 48000, 2);

    /// <summary>G.711 mu-law (RFC 3551 section 4.5.14): 8 kHz clock, 160 samples = 20 ms.</summary>
    public static AudioCodec Pcmu { get; } = new("PCMU", 8000, 1);

    /// <summary>G.711 A-law (RFC 3551 section 4.5.14): 8 kHz clock, 160 samples = 20 ms.</summary>
    public static AudioCodec Pcma { get; } = new("PCMA", 8000, 1);

    /// <summary>The duration of so many samples of the RTP clock.</summary>
    public TimeSpan Duration(int samples) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / ClockRate);
}
