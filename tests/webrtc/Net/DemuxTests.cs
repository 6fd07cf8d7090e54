using GoTo.WebRtc.Net;
using Xunit;

namespace GoTo.WebRtc.Tests.Net;

public sealed class DemuxTests
{
    /// <summary>The ranges of RFC 7983 section 7.</summary>
    [Fact]
    public void The_first_byte_tells_the_protocol()
    {
        var datagram = new byte[100];
        datagram[1] = 111;
        for (var first = 0; first <= 255; first++)
        {
            datagram[0] = (byte)first;
            var expected = first switch
            {
                <= 3 => DatagramKind.Stun,
                >= 20 and <= 63 => DatagramKind.Dtls,
                >= 128 and <= 191 => DatagramKind.Rtp,
                _ => DatagramKind.Unknown,
            };
            Assert.Equal(expected, Demux.Classify(datagram));
        }
    }

    /// <summary>RFC 5761 section 4.</summary>
    [Fact]
    public void The_second_byte_tells_RTCP_from_RTP()
    {
        var datagram = new byte[100];
        datagram[0] = 0x80;
        for (var second = 0; second <= 255; second++)
        {
            datagram[1] = (byte)second;
            var expected = second is >= 192 and <= 223 ? DatagramKind.Rtcp : DatagramKind.Rtp;
            Assert.Equal(expected, Demux.Classify(datagram));
        }
    }

    [Theory]
    [InlineData(0x80, 111, 11)]
    [InlineData(0x80, 200, 7)]
    [InlineData(0x80, 0, 1)]
    public void Media_that_is_too_short_for_its_header_is_unknown(byte first, byte second, int length)
    {
        byte[] datagram = [first, second, .. new byte[20]];

        Assert.Equal(DatagramKind.Unknown, Demux.Classify(datagram.AsSpan(0, length)));
        Assert.Equal(DatagramKind.Unknown, Demux.Classify([]));
    }
}
