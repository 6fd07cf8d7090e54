using System.Buffers.Binary;

namespace GoTo.WebRtc.Rtp;

/// <summary>Writes RTP packets into a caller's buffer (RFC 3550 section 5.1), with no allocation.</summary>
internal static class RtpWriter
{
    /// <summary>Writes the fixed header, without CSRCs, extension and padding.</summary>
    /// <returns>Bytes written: 12.</returns>
    public static int WriteHeader(Span<byte> buffer, in RtpHeader header)
    {
        buffer[0] = 0x80;
        buffer[1] = (byte)(header.PayloadType | (header.Marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], header.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], header.Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], header.Ssrc);
        return RtpHeader.FixedLength;
    }

    /// <summary>Writes the header with one extension element of the one-byte form (RFC 8285 section 4.2).</summary>
    /// <param name="buffer">Room for 12 + 5 + the value's length + 3 bytes.</param>
    /// <param name="header">The fields of the fixed header.</param>
    /// <param name="extensionId">1 to 14.</param>
    /// <param name="value">1 to 16 bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteHeader(
        Span<byte> buffer, in RtpHeader header, int extensionId, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(extensionId is > 0 and < 15, true);
        ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length is > 0 and <= 16, true);
        var length = WriteHeader(buffer, header);
        buffer[0] |= 0x10;
        var words = (1 + value.Length + 3) / 4;
        var extension = buffer.Slice(length, 4 + words * 4);
        extension.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(extension, 0xBEDE);
        BinaryPrimitives.WriteUInt16BigEndian(extension[2..], (ushort)words);
        extension[4] = (byte)((extensionId << 4) | (value.Length - 1));
        value.CopyTo(extension[5..]);
        return length + extension.Length;
    }
}
