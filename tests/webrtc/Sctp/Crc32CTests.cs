using GoTo.WebRtc.Sctp;
using Xunit;

namespace GoTo.WebRtc.Tests.Sctp;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_polynomial_comes_out()
    {
        // The catalogued check value of CRC-32C: that of the ASCII digits 1 to 9. The field counts as four zeros, which
        // is undone here by comparing with the same bytes hashed bit by bit.
        Assert.Equal(0xE3069283u, BitByBit("123456789"u8));
        byte[] packet = [.. "12345678"u8, 9, 9, 9, 9, .. "901234567890123"u8];
        byte[] zeroed = [.. "12345678"u8, 0, 0, 0, 0, .. "901234567890123"u8];

        Assert.Equal(BitByBit(zeroed), Crc32C.OfPacket(packet));
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
        }

        return ~crc;
    }
}
