using GoTo.WebRtc.Rtp;
using Xunit;

namespace GoTo.WebRtc;

public sealed class RtpHeaderTests
{
    // V=2, X; marker, PT 111; sequence 0x1234; MID "0" as id 4, audio level as id 1, one byte of padding to the word.
    private static readonly byte[] OneByteForm =
    [
        0x90, 0xEF, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04, 0xAA, 0xBB, 0xCC, 0xDD,
        0xBE, 0xDE, 0x00, 0x01, 0x40, 0x30, 0x10, 0xA5, 0xF8, 0xFF, 0xFE,
    ];

    [Fact]
    public void The_fields_are_read()
    {
        Assert.True(RtpHeader.TryParse(OneByteForm, out var header));

        Assert.True(header.Marker);
        Assert.Equal(
            (111, 0x1234, 0x01020304u, 0xAABBCCDDu),
            (header.PayloadType, header.SequenceNumber, header.Timestamp, header.Ssrc));
        Assert.Equal((20, 0), (header.HeaderLength, header.PaddingLength));
        Assert.Equal([0xF8, 0xFF, 0xFE], header.PayloadOf(OneByteForm).ToArray());
    }

    [Fact]
    public void Csrcs_and_padding_are_left_out_of_the_payload()
    {
        byte[] packet =
        [
            0xA2, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 7, 8, 9, 0, 0, 3,
        ];

        Assert.True(RtpHeader.TryParse(packet, out var header));
        Assert.Equal((20, 3), (header.HeaderLength, header.PaddingLength));
        Assert.Equal([7, 8, 9], header.PayloadOf(packet).ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("80000000000000000000")]
    [InlineData("400000000000000000000000")]
    [InlineData("810000000000000000000000")]
    [InlineData("900000000000000000000000")]
    [InlineData("900000000000000000000000BEDE")]
    [InlineData("900000000000000000000000BEDE000310000000AA00")]
    [InlineData("A00000000000000000000000")]
    [InlineData("A0000000000000000000000000")]
    [InlineData("A0000000000000000000000003")]
    public void What_does_not_fit_its_lengths_is_refused(string hex)
        => Assert.False(RtpHeader.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Extensions_of_the_one_byte_form_are_found()
    {
        Assert.True(RtpHeader.TryParse(OneByteForm, out var header));

        Assert.True(RtpHeaderExtensions.TryGet(OneByteForm, header, 4, out var mid));
        Assert.Equal("0"u8.ToArray(), mid.ToArray());
        Assert.True(RtpHeaderExtensions.TryGet(OneByteForm, header, 1, out var level));
        Assert.Equal([0xA5], level.ToArray());
        Assert.False(RtpHeaderExtensions.TryGet(OneByteForm, header, 2, out _));
    }

    [Fact]
    public void Extensions_of_the_two_byte_form_are_found()
    {
        byte[] packet =
        [
            0x90, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1,
            0x10, 0x00, 0x00, 0x02, 4, 2, (byte)'1', (byte)'7', 0, 9, 0, 0,
        ];
        Assert.True(RtpHeader.TryParse(packet, out var header));

        Assert.True(RtpHeaderExtensions.TryGet(packet, header, 4, out var mid));
        Assert.Equal("17"u8.ToArray(), mid.ToArray());
        Assert.True(RtpHeaderExtensions.TryGet(packet, header, 9, out var empty));
        Assert.True(empty.IsEmpty);
    }

    [Fact]
    public void Random_packets_never_make_the_readers_throw()
    {
        var random = new Random(3550);
        var packet = new byte[64];
        var parsed = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var data = packet.AsSpan(0, random.Next(packet.Length + 1));
            random.NextBytes(data);
            if (data.Length > 0)
                data[0] = (byte)(data[0] & 0x3F | 0x80);
            if (data.Length > 16 && round % 2 == 0)
            {
                data[0] = 0x90;
                ((ReadOnlySpan<byte>)(round % 4 == 0 ? [0xBE, 0xDE, 0x00] : [0x10, 0x00, 0x00])).CopyTo(data[12..]);
            }
            if (!RtpHeader.TryParse(data, out var header))
                continue;
            parsed++;
            _ = header.PayloadOf(data);
            for (var id = 1; id < 256; id += 7)
                RtpHeaderExtensions.TryGet(data, header, id, out _);
        }

        Assert.InRange(parsed, 5_000, 200_000);
    }

    [Fact]
    public void What_the_writer_writes_is_read_back()
    {
        var buffer = new byte[64];
        var written = new RtpHeader(111, 65535, 0xFFFFFFFF, 0x12345678, marker: true);

        var plain = RtpWriter.WriteHeader(buffer, written);
        Assert.True(RtpHeader.TryParse(buffer.AsSpan(0, plain), out var read));
        Assert.Equal(written, read);

        var length = RtpWriter.WriteHeader(buffer, written, 4, "audio"u8);
        Assert.True(RtpHeader.TryParse(buffer.AsSpan(0, length), out read));
        Assert.Equal(length, read.HeaderLength);
        Assert.True(RtpHeaderExtensions.TryGet(buffer, read, 4, out var mid));
        Assert.Equal("audio"u8.ToArray(), mid.ToArray());
    }
}
