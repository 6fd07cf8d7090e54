using GoTo.WebRtc;

namespace GoTo.Tones;

/// <summary>
/// A voice of one pitch, by which a test tells parties apart: each says its own, and <see cref="ToneDetector"/> hears
/// which of them arrive. Not thread-safe.
/// </summary>
public sealed class ToneGenerator : IDisposable
{
    private readonly OpusEncoder _encoder = new(64_000);
    private readonly double _amplitude;
    private long _position;

    /// <summary>Creates a voice.</summary>
    /// <param name="hertz">Its pitch: 200 to 3,400 Hz, so that G.711 carries it too.</param>
    /// <param name="level">Its peak in decibels below full scale; -12 by default, so that four may be mixed.</param>
    public ToneGenerator(double hertz, double level = -12)
    {
        if (hertz is < 200 or > 3_400)
            throw new ArgumentOutOfRangeException(nameof(hertz), hertz, "A pitch is 200 to 3,400 Hz here.");
        Hertz = hertz;
        _amplitude = short.MaxValue * Math.Pow(10, level / 20);
    }

    /// <summary>The pitch.</summary>
    public double Hertz { get; }

    /// <summary>The packets of a tone that ends: for <see cref="AudioSender.Send"/>, or for a phone to say.</summary>
    /// <param name="hertz">The pitch.</param>
    /// <param name="duration">How long; whole packets of 20 ms.</param>
    public static IReadOnlyList<OpusPacket> Packets(double hertz, TimeSpan duration)
    {
        using var tone = new ToneGenerator(hertz);
        return tone.Packets().Take((int)(duration.TotalMilliseconds / 20)).ToList();
    }

    /// <summary>The next packets of the tone, without end.</summary>
    public IEnumerable<OpusPacket> Packets()
    {
        while (true)
            yield return Next();
    }

    /// <summary>The next 20 ms as an Opus packet.</summary>
    public OpusPacket Next()
    {
        Span<short> samples = stackalloc short[OpusEncoder.FrameSamples];
        Span<byte> payload = stackalloc byte[OpusEncoder.MaxPayload];
        NextSamples(samples);
        return new OpusPacket(payload[.._encoder.Encode(samples, payload)].ToArray(), samples.Length);
    }

    /// <summary>The next samples.</summary>
    /// <param name="samples">Filled.</param>
    /// <param name="sampleRate">Samples a second.</param>
    public void NextSamples(Span<short> samples, int sampleRate = 48_000)
    {
        foreach (ref var sample in samples)
            sample = (short)(_amplitude * Math.Sin(2 * Math.PI * Hertz * _position++ / sampleRate));
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();
}
