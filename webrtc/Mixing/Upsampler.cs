namespace GoTo.WebRtc.Mixing;

/// <summary>
/// Brings 8 kHz to 48 kHz: six samples for each, through a low-pass at 4 kHz (a windowed sinc). Not thread-safe; no
/// allocation.
/// </summary>
internal sealed class Upsampler
{
    public const int Factor = 6;

    private const int Taps = 16;

    // One filter for each of the six positions between two samples.
    private static readonly float[][] Filters = [.. Enumerable.Range(0, Factor).Select(MakeFilter)];

    private readonly float[] _past = new float[Taps];

    /// <summary>Upsamples; delays by <see cref="Taps"/> / 2 samples (1 ms).</summary>
    /// <param name="narrow">8 kHz.</param>
    /// <param name="wide">48 kHz, six times as many.</param>
    public void Upsample(ReadOnlySpan<short> narrow, Span<short> wide)
    {
        for (var i = 0; i < narrow.Length; i++)
        {
            _past.AsSpan(1).CopyTo(_past);
            _past[Taps - 1] = narrow[i];
            for (var phase = 0; phase < Factor; phase++)
            {
                var sum = 0f;
                var filter = Filters[phase];
                for (var tap = 0; tap < Taps; tap++)
                    sum += _past[tap] * filter[tap];
                wide[(i * Factor) + phase] = (short)Math.Clamp(sum, short.MinValue, short.MaxValue);
            }
        }
    }

    private static float[] MakeFilter(int phase)
    {
        var filter = new float[Taps];
        for (var tap = 0; tap < Taps; tap++)
        {
            // How far the wanted point, between the 8th and the 9th of the past samples, is from this one.
            var distance = (Taps / 2) - 1 + ((double)phase / Factor) - tap;
            var sinc = distance == 0 ? 1 : Math.Sin(Math.PI * distance) / (Math.PI * distance);
            var window = 0.5 + (0.5 * Math.Cos(Math.PI * distance / (Taps / 2)));
            filter[tap] = (float)(sinc * window);
        }

        return filter;
    }
}
