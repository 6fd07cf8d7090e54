namespace GoTo.WebRtc.Rtp;

/// <summary>Reads RTP header extensions of both forms (RFC 8285 sections 4.2 and 4.3).</summary>
internal static class RtpHeaderExtensions
{
    private const ushort OneByteProfile = 0xBEDE;

    /// <summary>Finds the element with this id.</summary>
    /// <param name="packet">The packet that <paramref name="header"/> was read from.</param>
    /// <param name="header">Its header.</param>
    /// <param name="id">The id negotiated by a=extmap, 1 to 255.</param>
    /// <param name="value">The element's data; empty if there is none.</param>
    public static bool TryGet(
        ReadOnlySpan<byte> packet, in RtpHeader header, int id, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (header.ExtensionProfile == 0)
            return false;
        var data = packet.Slice(header.ExtensionOffset, header.ExtensionLength);
        if (header.ExtensionProfile == OneByteProfile)
            return TryGetOneByte(data, id, out value);
        return (header.ExtensionProfile & 0xFFF0) == 0x1000 && TryGetTwoByte(data, id, out value);
    }

    private static bool TryGetOneByte(ReadOnlySpan<byte> data, int id, out ReadOnlySpan<byte> value)
    {
        value = default;
        for (var i = 0; i < data.Length;)
        {
            if (data[i] == 0)
            {
                i++;
                continue;
            }
            var found = data[i] >> 4;
            var length = (data[i] & 0x0F) + 1;
            // Id 15 ends the processing of the block (RFC 8285 section 4.2).
            if (found == 15 || i + 1 + length > data.Length)
                return false;
            if (found == id)
            {
                value = data.Slice(i + 1, length);
                return true;
            }
            i += 1 + length;
        }
        return false;
    }

    private static bool TryGetTwoByte(ReadOnlySpan<byte> data, int id, out ReadOnlySpan<byte> value)
    {
        value = default;
        for (var i = 0; i < data.Length;)
        {
            if (data[i] == 0)
            {
                i++;
                continue;
            }
            if (i + 2 > data.Length || i + 2 + data[i + 1] > data.Length)
                return false;
            if (data[i] == id)
            {
                value = data.Slice(i + 2, data[i + 1]);
                return true;
            }
            i += 2 + data[i + 1];
        }
        return false;
    }
}
