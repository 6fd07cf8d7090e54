using GoTo.Tones;
using GoTo.WebRtc.Mixing;
using Xunit;

namespace GoTo.WebRtc.Tests.Mixing;

/// <summary>The mix by itself, a frame at a time: no thread and no clock.</summary>
public sealed class LegMixTests
{
    public static TheoryData<string, string> Codecs { get; } = new()
    {
        { "opus", "PCMU" }, { "PCMU", "opus" }, { "PCMA", "PCMU" }, { "PCMU", "PCMA" }, { "opus", "opus" },
    };

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_tone_is_the_same_tone_in_another_codec(string from, string to)
    {
        using var listener = new Listener(to, 440, 700, 1000, 3000);
        using var voice = new Voice(from, 700);
        var input = listener.Mix.Add(Codec(from));
        for (var i = 0; i < 25; i++)
        {
            voice.Speak(input);
            listener.Mix.Tick();
        }

        Assert.Equal([700], listener.Detector.Hearing);
        Assert.InRange(listener.Detector.Level(700), -14, -10.5);
        Assert.Equal(24, listener.Packets);
    }

    [Theory]
    [InlineData("opus")]
    [InlineData("PCMU")]
    public void Speakers_of_any_codec_are_heard_together(string to)
    {
        using var listener = new Listener(to, 440, 700, 1000);
        using var first = new Voice("opus", 440);
        using var second = new Voice("PCMA", 1000);
        var (one, two) = (listener.Mix.Add(AudioCodec.Opus), listener.Mix.Add(AudioCodec.Pcma));
        for (var i = 0; i < 25; i++)
        {
            first.Speak(one);
            second.Speak(two);
            listener.Mix.Tick();
        }

        Assert.Equal([440, 1000], listener.Detector.Hearing);
        listener.Mix.Remove(one);
        for (var i = 0; i < 25; i++)
        {
            second.Speak(two);
            listener.Mix.Tick();
        }

        Assert.Equal([1000], listener.Detector.Hearing);
    }

    [Fact]
    public void Loud_speakers_are_clipped_and_do_not_wrap()
    {
        using var listener = new Listener("PCMU", 300);
        var inputs = Enumerable.Range(0, 3).Select(_ => listener.Mix.Add(AudioCodec.Pcmu)).ToList();
        var loudest = new byte[160];
        Array.Fill(loudest, (byte)0x80);
        for (ushort i = 0; i < 3; i++)
        {
            inputs.ForEach(input => input.Push(i, loudest));
            listener.Mix.Tick();
        }

        Assert.All(listener.Last, code => Assert.Equal(0x80, code));
    }

    [Fact]
    public void A_lost_packet_and_a_late_one_leave_no_hole()
    {
        using var listener = new Listener("opus", 440);
        using var voice = new Voice("opus", 440);
        var input = listener.Mix.Add(AudioCodec.Opus);
        for (var i = 0; i < 100; i++)
        {
            if (i % 10 == 5)
                voice.Skip();
            else if (i % 10 != 8)
                voice.Speak(input);
            if (i % 10 == 9)
                voice.Speak(input);
            listener.Mix.Tick();
        }

        Assert.Single(listener.Detector.Heard);
        Assert.Equal([440], listener.Detector.Hearing);
    }

    [Fact]
    public void Silent_sources_make_no_packets_and_come_back()
    {
        using var listener = new Listener("opus", 440);
        using var voice = new Voice("opus", 440);
        var input = listener.Mix.Add(AudioCodec.Opus);
        voice.Speak(input);
        for (var i = 0; i < 50; i++)
            listener.Mix.Tick();
        // One packet, and three that make up for what might have been lost after it.
        Assert.Equal(4, listener.Packets);
        voice.Speak(input);
        listener.Mix.Tick();
        listener.Mix.Tick();
        Assert.Equal(5, listener.Packets);
    }

    [Fact]
    public void Packets_of_other_durations_are_mixed_too()
    {
        using var listener = new Listener("PCMU", 500);
        var input = listener.Mix.Add(AudioCodec.Pcmu);
        using var tone = new ToneGenerator(500);
        var samples = new short[240];
        var payload = new byte[240];
        for (ushort i = 0; i < 40; i++)
        {
            // 30 ms each: two in three turns.
            tone.NextSamples(samples, 8_000);
            G711.Encode(AudioCodec.Pcmu, samples, payload);
            input.Push(i, payload);
            listener.Mix.Tick();
            if (i % 2 == 1)
                listener.Mix.Tick();
        }

        Assert.Single(listener.Detector.Heard);
        Assert.InRange(listener.Packets, 57, 60);
    }

    [Fact]
    public void A_mix_that_is_not_wanted_decodes_but_sends_nothing_and_none_of_it_allocates()
    {
        using var listener = new Listener("opus", 440) { Counts = false };
        using var voice = new Voice("opus", 440);
        var input = listener.Mix.Add(AudioCodec.Opus);
        listener.Mix.Emits = false;
        voice.Speak(input);
        listener.Mix.Tick();
        listener.Mix.Tick();
        Assert.Equal(0, listener.Packets);
        listener.Mix.Emits = true;
        var packet = ToneGenerator.Packets(440, TimeSpan.FromMilliseconds(20))[0].Payload;
        for (ushort i = 10; i < 200; i++)
        {
            if (i == 100)
                listener.Allocated = GC.GetAllocatedBytesForCurrentThread();
            input.Push(i, packet.Span);
            listener.Mix.Tick();
        }

        Assert.Equal(listener.Allocated, GC.GetAllocatedBytesForCurrentThread());
    }

    private static AudioCodec Codec(string name) => name switch
    {
        "opus" => AudioCodec.Opus,
        "PCMU" => AudioCodec.Pcmu,
        _ => AudioCodec.Pcma,
    };

    /// <summary>A tone in a codec.</summary>
    private sealed class Voice(string codec, double hertz) : IDisposable
    {
        private readonly ToneGenerator _tone = new(hertz);
        private ushort _sequence = 65_530;

        public void Speak(MixInput input) => input.Push(_sequence++, Next());

        public void Skip()
        {
            Next();
            _sequence++;
        }

        public void Dispose() => _tone.Dispose();

        private ReadOnlySpan<byte> Next()
        {
            if (codec == "opus")
                return _tone.Next().Payload.Span;
            var samples = new short[160];
            _tone.NextSamples(samples, 8_000);
            var payload = new byte[160];
            G711.Encode(Codec(codec), samples, payload);
            return payload;
        }
    }

    /// <summary>A mix, and what is heard of it.</summary>
    private sealed class Listener : IMixSink, IDisposable
    {
        public Listener(string codec, params ReadOnlySpan<double> pitches)
        {
            Detector = new ToneDetector(pitches) { Codec = Codec(codec) };
            Mix = new LegMix(Codec(codec), this) { Emits = true };
        }

        public LegMix Mix { get; }

        public ToneDetector Detector { get; }

        public int Packets { get; private set; }

        public byte[] Last { get; private set; } = [];

        public bool Counts { get; init; } = true;

        public long Allocated { get; set; }

        public void OnMixed(ReadOnlySpan<byte> payload, int samples)
        {
            Packets++;
            if (!Counts)
                return;
            Last = payload.ToArray();
            Detector.Hear(payload);
        }

        public void Dispose()
        {
            Mix.Dispose();
            Detector.Dispose();
        }
    }
}
