using System.Buffers.Binary;
using System.Numerics;

namespace GoTo.WebRtc.Sctp;

/// <summary>The checksum of SCTP packets (RFC 9260 section 6.8 and appendix A), by the processor's instruction.</summary>
internal static class Crc32C
{
    private const int Field = 8;
    private const int FieldLength = 4;

    /// <summary>The checksum of a packet, whose own field counts as zero.</summary>
    public static uint OfPacket(ReadOnlySpan<byte> packet)
    {
        var crc = Update(uint.MaxValue, packet[..Field]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Update(crc, packet[(Field + FieldLength)..]);
    }

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
