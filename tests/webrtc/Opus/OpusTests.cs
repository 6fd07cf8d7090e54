using GoTo.Tones;
using GoTo.WebRtc.Opus;
using Xunit;

namespace GoTo.WebRtc.Tests.Opus;

public sealed class OpusTests
{
    [Fact]
    public void A_tone_is_heard_as_loud_as_it_was_said()
    {
        using var detector = new ToneDetector(440, 700, 1000);
        foreach (var packet in ToneGenerator.Packets(700, TimeSpan.FromMilliseconds(400)))
            detector.Hear(packet.Payload.Span);
        Assert.Equal([700], detector.Hearing);
        Assert.InRange(detector.Level(700), -13.5, -11);
        Assert.Equal(700, Assert.Single(detector.Heard).Hertz);
    }

    [Fact]
    public void Mixed_tones_are_heard_apart()
    {
        using var first = new ToneGenerator(440);
        using var second = new ToneGenerator(500);
        using var detector = new ToneDetector(440, 500, 560);
        Span<short> a = stackalloc short[960];
        Span<short> b = stackalloc short[960];
        for (var i = 0; i < 10; i++)
        {
            first.NextSamples(a);
            second.NextSamples(b);
            for (var s = 0; s < a.Length; s++)
                a[s] += b[s];
            detector.Hear(a);
        }

        Assert.Equal([440, 500], detector.Hearing);
    }

    [Fact]
    public async Task A_tone_that_ends_is_heard_to_end()
    {
        using var detector = new ToneDetector(440);
        foreach (var packet in ToneGenerator.Packets(440, TimeSpan.FromMilliseconds(200)))
            detector.Hear(packet.Payload.Span);
        await detector.WaitFor(TimeSpan.FromSeconds(1), 440);
        detector.Hear(new short[4_800]);
        await detector.WaitFor(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<TimeoutException>(
            () => detector.WaitFor(TimeSpan.FromMilliseconds(20), 440));
        Assert.Contains("440 Hz", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_packet_is_made_up_for()
    {
        using var decoder = new OpusDecoder();
        using var detector = new ToneDetector(440);
        var samples = new short[OpusDecoder.MaxSamples];
        var packets = ToneGenerator.Packets(440, TimeSpan.FromMilliseconds(400));
        for (var i = 0; i < packets.Count; i++)
        {
            var count = OpusEncoder.FrameSamples;
            if (i == 10)
                decoder.Conceal(samples.AsSpan(0, count));
            else if (i == 15)
                decoder.Recover(packets[16].Payload.Span, samples.AsSpan(0, count));
            else
                Assert.True(decoder.TryDecode(packets[i].Payload.Span, samples, out count));
            detector.Hear(samples.AsSpan(0, count));
        }

        Assert.Single(detector.Heard);
        Assert.Equal([440], detector.Hearing);
    }

    [Fact]
    public void What_is_no_Opus_is_not_decoded()
    {
        using var decoder = new OpusDecoder();
        var samples = new short[OpusDecoder.MaxSamples];
        Assert.False(decoder.TryDecode([], samples, out _));
        // Three frames of 60 ms are longer than a packet may be (RFC 6716 section 3.2.5, R5).
        Assert.False(decoder.TryDecode([0x1B, 0x03, 0, 0, 0], samples, out _));
        var packet = ToneGenerator.Packets(440, TimeSpan.FromMilliseconds(20))[0];
        Assert.False(decoder.TryDecode(packet.Payload.Span, samples.AsSpan(0, 100), out _));
        Assert.True(decoder.TryDecode(packet.Payload.Span, samples, out var count));
        Assert.Equal(960, count);
    }

    [Fact]
    public void An_encoder_takes_20_ms_and_a_bit_rate_of_its_range()
    {
        using var encoder = new OpusEncoder();
        Assert.Throws<ArgumentException>(() => encoder.Encode(new short[480], new byte[OpusEncoder.MaxPayload]));
        Assert.Throws<ArgumentException>(() => encoder.Encode(new short[960], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusEncoder(1_000));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        using var encoder = new OpusEncoder();
        using var decoder = new OpusDecoder();
        var samples = new short[OpusEncoder.FrameSamples];
        var payload = new byte[OpusEncoder.MaxPayload];
        decoder.TryDecode(payload.AsSpan(0, encoder.Encode(samples, payload)), samples, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            decoder.TryDecode(payload.AsSpan(0, encoder.Encode(samples, payload)), samples, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_missing_library_is_said_so_with_what_to_do()
    {
        Assert.True(OpusEncoder.IsAvailable);
        var error = Assert.Throws<OpusUnavailableException>(() => LibOpus.Require("libopus-missing.so.0"));
        Assert.Contains("apt-get install libopus0", error.Message, StringComparison.Ordinal);
    }
}
