using BenchmarkDotNet.Attributes;
using GoTo.WebRtc;
using GoTo.WebRtc.Mixing;

namespace GoTo.Bench;

/// <summary>
/// <c>mix</c>: 20 ms of one leg on the codec thread: jitter buffer, decoding, adding, encoding (libopus).
/// </summary>
[MemoryDiagnoser]
public class MixBenchmarks : IDisposable
{
    private readonly List<MixInput> _inputs = [];
    private readonly List<byte[][]> _voices = [];
    private LegMix? _mix;
    private ushort _sequence;

    /// <summary>What is made of what: the sources' codecs, and the leg's.</summary>
    [Params("PCMU > opus", "opus > PCMU", "opus+opus > opus", "PCMU > PCMA")]
    public string Case { get; set; } = "";

    /// <summary>Makes the mix, and a second of speech-like sound for each source.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var (sources, leg) = (Case.Split(" > ")[0].Split('+'), Case.Split(" > ")[1]);
        _mix = new LegMix(Codec(leg), new Nowhere()) { Emits = true };
        foreach (var source in sources)
        {
            _inputs.Add(_mix.Add(Codec(source)));
            _voices.Add(Voice(Codec(source), _voices.Count));
        }
    }

    /// <summary>A packet of each source in, a packet for the leg out.</summary>
    [Benchmark]
    public void Frame()
    {
        for (var i = 0; i < _inputs.Count; i++)
            _inputs[i].Push(_sequence, _voices[i][_sequence % 50]);
        _sequence++;
        _mix!.Tick();
    }

    /// <summary>Frees the codecs.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _mix?.Dispose();
        GC.SuppressFinalize(this);
    }

    private static AudioCodec Codec(string name) => name switch
    {
        "opus" => AudioCodec.Opus,
        "PCMU" => AudioCodec.Pcmu,
        _ => AudioCodec.Pcma,
    };

    // Three tones under noise that comes and goes: nothing that an encoder could leave out.
    private static byte[][] Voice(AudioCodec codec, int seed)
    {
        var random = new Random(seed);
        var samples = new short[codec.ClockRate];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = (double)i / samples.Length;
            var loudness = 0.5 + (0.5 * Math.Sin(2 * Math.PI * 4 * t));
            var sound = Math.Sin(2 * Math.PI * 200 * t) + (0.5 * Math.Sin(2 * Math.PI * 830 * t))
                + (0.3 * Math.Sin(2 * Math.PI * 2_100 * t)) + (0.2 * (random.NextDouble() - 0.5));
            samples[i] = (short)(8_000 * loudness * sound);
        }

        using var encoder = codec == AudioCodec.Opus ? new OpusEncoder() : null;
        var frame = codec.ClockRate / 50;
        return [.. Enumerable.Range(0, 50).Select(i =>
        {
            var payload = new byte[OpusEncoder.MaxPayload];
            var part = samples.AsSpan(i * frame, frame);
            if (encoder is not null)
                return payload[..encoder.Encode(part, payload)];
            G711.Encode(codec, part, payload);
            return payload[..frame];
        })];
    }

    private sealed class Nowhere : IMixSink
    {
        public void OnMixed(ReadOnlySpan<byte> payload, int samples)
        {
        }
    }
}
