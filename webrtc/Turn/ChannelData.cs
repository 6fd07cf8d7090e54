using System.Buffers.Binary;

namespace GoTo.WebRtc.Turn;

/// <summary>The ChannelData message (RFC 8656 section 12.4): a channel, a length, and a peer's datagram.</summary>
internal static class ChannelData
{
    public const int HeaderLength = 4;
    public const ushort FirstChannel = 0x4000;
    public const ushort LastChannel = 0x4FFF;

    /// <summary>Is it one: first byte 64 to 79 (RFC 8656 section 12).</summary>
    public static bool Is(ReadOnlySpan<byte> message) => message.Length >= HeaderLength && message[0] is >= 64 and <= 79;

    /// <summary>Reads the channel and where in the message the datagram ends. Padding may follow.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out ushort channel, out int end)
    {
        channel = 0;
        end = 0;
        if (!Is(message)) return false;
        channel = BinaryPrimitives.ReadUInt16BigEndian(message);
        end = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        return end <= message.Length;
    }

    /// <summary>Writes the message, on a stream padded to a multiple of 4 (RFC 8656 section 12.5).</summary>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> buffer, ushort channel, ReadOnlySpan<byte> data, bool padded)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer, channel);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)data.Length);
        data.CopyTo(buffer[HeaderLength..]);
        var end = HeaderLength + data.Length;
        if (!padded) return end;
        var length = (end + 3) & ~3;
        buffer[end..length].Clear();
        return length;
    }
}
