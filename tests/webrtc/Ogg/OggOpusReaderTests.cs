using GoTo.WebRtc.Ogg;
using Xunit;

namespace GoTo.WebRtc;

public sealed class OggOpusReaderTests
{
    [Fact]
    public void The_demos_speech_is_a_few_seconds_of_mono_20_ms_packets_at_about_24_kbits()
    {
        var speech = OggOpusReader.Read(new MemoryStream(Speech()));

        Assert.Equal(1, speech.Channels);
        Assert.Equal(312, speech.PreSkip);
        Assert.All(speech.Packets, packet => Assert.Equal(960, packet.Samples));
        Assert.InRange(speech.Packets.Count, 250, 500);
        var bits = speech.Packets.Sum(packet => packet.Payload.Length) * 8;
        Assert.InRange(bits / (speech.Packets.Count * 0.02), 18_000, 30_000);
    }

    [Fact]
    public void Every_damaged_byte_is_noticed()
    {
        var speech = Speech();
        for (var at = 0; at < speech.Length; at += 97)
        {
            var damaged = speech.ToArray();
            damaged[at] ^= 0x10;

            Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream(damaged)));
        }
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends_within_a_page()
    {
        var speech = Speech();

        Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream([])));
        Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream(speech[..20])));
        Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream(speech[..100])));
        var exception = Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream(speech[..^1])));
        Assert.True(exception.Offset > 0);
    }

    [Fact]
    public void No_more_packets_are_taken_than_allowed()
        => Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream(Speech()), maxPackets: 10));

    [Fact]
    public void A_packet_may_span_pages()
    {
        var head = Page(2, 0, [.. "OpusHead"u8, 1, 1, 0x38, 1, 0x80, 0xBB, 0, 0, 0, 0, 0]);
        var tags = Page(0, 1, [.. "OpusTags"u8, 0, 0, 0, 0, 0, 0, 0, 0]);
        byte[] packet = [0x78, .. new byte[299]];
        var start = Page(0, 2, packet[..255], lacing: [255]);
        var end = Page(5, 3, packet[255..], lacing: [45]);

        var file = OggOpusReader.Read(new MemoryStream([.. head, .. tags, .. start, .. end]));

        var only = Assert.Single(file.Packets);
        Assert.Equal(packet, only.Payload.ToArray());
        Assert.Equal(960, only.Samples);
        Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream([.. head, .. tags, .. end])));
        Assert.Throws<OggOpusException>(() => OggOpusReader.Read(new MemoryStream([.. head, .. tags, .. start])));
    }

    [Theory]
    [InlineData(new byte[0], 0)]
    [InlineData(new byte[] { 0x00 }, 480)]
    [InlineData(new byte[] { 0x08 }, 960)]
    [InlineData(new byte[] { 0x10 }, 1920)]
    [InlineData(new byte[] { 0x18 }, 2880)]
    [InlineData(new byte[] { 0x60 }, 480)]
    [InlineData(new byte[] { 0x68 }, 960)]
    [InlineData(new byte[] { 0x80 }, 120)]
    [InlineData(new byte[] { 0xF8 }, 960)]
    [InlineData(new byte[] { 0xF9 }, 1920)]
    [InlineData(new byte[] { 0xFB, 0x03 }, 2880)]
    [InlineData(new byte[] { 0xFB }, 0)]
    [InlineData(new byte[] { 0x1B, 0x03 }, 0)]
    public void The_duration_comes_from_the_table_of_contents(byte[] packet, int samples)
        => Assert.Equal(samples, OpusToc.Samples(packet));

    private static byte[] Speech()
    {
        using var stream = typeof(OggOpusReaderTests).Assembly.GetManifestResourceStream("speech.opus")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] Page(byte flags, byte sequence, byte[] body, byte[]? lacing = null)
    {
        lacing ??= [(byte)body.Length];
        byte[] page =
        [
            .. "OggS\0"u8, flags, .. new byte[8], 7, 0, 0, 0, sequence, 0, 0, 0, 0, 0, 0, 0, (byte)lacing.Length,
            .. lacing, .. body,
        ];
        BitConverter.TryWriteBytes(page.AsSpan(22), OggPageReader.Crc(page));
        return page;
    }
}
