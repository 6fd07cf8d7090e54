using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// What is heard of the telephone network and of far ends that the cloud plays: the tones of North America, music and a
/// greeting of our own. All of it has been through G.711 at 8 kHz, as what comes from the network has; then it is Opus.
/// Made when first heard, once.
/// </summary>
internal static class FarEndSounds
{
    private const int NarrowRate = 8000;
    private const int NarrowFrame = NarrowRate / 50;
    private const int Factor = OpusEncoder.FrameSamples / NarrowFrame;

    /// <summary>Two pitches at their loudest stay 9 dB below full scale.</summary>
    private const double Loudness = 0.35;

    private static readonly TimeSpan Fade = TimeSpan.FromMilliseconds(5);
    private static readonly double[] Silence = [];

    private static readonly Lazy<Announcement> RingbackMade = new(() => Make((2, [440, 480]), (4, Silence)));
    private static readonly Lazy<Announcement> BusyMade = new(() => Make((0.5, [480, 620]), (0.5, Silence)));

    private static readonly Lazy<Announcement> MusicMade = new(() => Make(
        [.. new[] { 261.6, 329.6, 392.0, 523.3, 392.0, 329.6, 293.7, 349.2, 440.0, 587.3, 440.0, 349.2 }
            .Select(pitch => (0.4, new[] { pitch, pitch * 1.5 }))]));

    private static readonly Lazy<Announcement> VoicemailMade = new(() => Make(
        (0.3, Silence), (0.4, [659.3]), (0.4, [523.3]), (0.8, [392.0]), (0.3, Silence), (0.5, [1000])));

    /// <summary>The far end rings: 440 and 480 Hz, 2 s of 6.</summary>
    public static Announcement Ringback => RingbackMade.Value;

    /// <summary>The far end is busy: 480 and 620 Hz, half a second of each.</summary>
    public static Announcement Busy => BusyMade.Value;

    /// <summary>What a party hears that is on hold.</summary>
    public static Announcement Music => MusicMade.Value;

    /// <summary>A voice mailbox: a greeting, and a beep of 1 kHz.</summary>
    public static Announcement Voicemail => VoicemailMade.Value;

    private static Announcement Make(params (double Seconds, double[] Pitches)[] parts)
    {
        var samples = parts.SelectMany(part => Sound(TimeSpan.FromSeconds(part.Seconds), part.Pitches)).ToArray();
        Narrow(samples);
        using var encoder = new OpusEncoder();
        var packets = new List<OpusPacket>();
        var (wide, payload) = (new short[OpusEncoder.FrameSamples], new byte[OpusEncoder.MaxPayload]);
        for (var at = 0; at < samples.Length; at += NarrowFrame)
        {
            for (var i = 0; i < wide.Length; i++)
            {
                // A straight line from sample to sample.
                var (before, part) = (at + (i / Factor), i % Factor);
                var after = samples[Math.Min(before + 1, samples.Length - 1)];
                wide[i] = (short)(samples[before] + ((after - samples[before]) * part / Factor));
            }

            var length = encoder.Encode(wide, payload);
            packets.Add(new OpusPacket(payload.AsSpan(0, length).ToArray(), OpusEncoder.FrameSamples));
        }

        return Announcement.Of(packets);
    }

    private static IEnumerable<short> Sound(TimeSpan length, double[] pitches)
    {
        var count = (int)(length.TotalSeconds * NarrowRate) / NarrowFrame * NarrowFrame;
        var fade = Fade.TotalSeconds * NarrowRate;
        for (var i = 0; i < count; i++)
        {
            var envelope = Math.Min(1, Math.Min(i, count - 1 - i) / fade);
            var sum = pitches.Sum(pitch => Math.Sin(2 * Math.PI * pitch * i / NarrowRate));
            yield return (short)(short.MaxValue * Loudness * envelope * sum / Math.Max(1, pitches.Length));
        }
    }

    /// <summary>There and back through the law that North America's telephones speak.</summary>
    private static void Narrow(short[] samples)
    {
        var telephone = new byte[samples.Length];
        G711.Encode(AudioCodec.Pcmu, samples, telephone);
        G711.Decode(AudioCodec.Pcmu, telephone, samples);
    }
}
