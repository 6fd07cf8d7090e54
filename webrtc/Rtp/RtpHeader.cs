using System.Buffers.Binary;

namespace GoTo.WebRtc;

/// <summary>The header of an RTP packet (RFC 3550 section 5.1), its lengths checked against the packet.</summary>
public readonly struct RtpHeader
{
    /// <summary>Length in bytes of the fixed header.</summary>
    public const int FixedLength = 12;

    /// <summary>A header without CSRCs, extension and padding.</summary>
    public RtpHeader(byte payloadType, ushort sequenceNumber, uint timestamp, uint ssrc, bool marker = false)
    {
        PayloadType = payloadType;
        SequenceNumber = sequenceNumber;
        Timestamp = timestamp;
        Ssrc = ssrc;
        Marker = marker;
        HeaderLength = FixedLength;
    }

    /// <summary>Marker bit; with audio, the start of a talk spurt.</summary>
    public bool Marker { get; private init; }

    /// <summary>Payload type, 0 to 127.</summary>
    public byte PayloadType { get; private init; }

    /// <summary>Sequence number.</summary>
    public ushort SequenceNumber { get; private init; }

    /// <summary>Timestamp in the codec's RTP clock.</summary>
    public uint Timestamp { get; private init; }

    /// <summary>Synchronization source.</summary>
    public uint Ssrc { get; private init; }

    /// <summary>
    /// How loud the packet is, in -dBov: 0 is the loudest, 127 silence (RFC 6464); none where the header does not say,
    /// or its extension is not negotiated.
    /// </summary>
    public byte? AudioLevel { get; internal init; }

    /// <summary>Bytes before the payload: fixed header, CSRCs and extension.</summary>
    public int HeaderLength { get; private init; }

    /// <summary>Bytes of padding after the payload.</summary>
    public int PaddingLength { get; private init; }

    /// <summary>The extension's "defined by profile" field (RFC 8285: 0xBEDE or 0x100x); 0 if there is none.</summary>
    internal ushort ExtensionProfile { get; private init; }

    /// <summary>Offset in the packet of the extension's data.</summary>
    internal int ExtensionOffset { get; private init; }

    /// <summary>Bytes of the extension's data.</summary>
    internal int ExtensionLength => ExtensionProfile == 0 ? 0 : HeaderLength - ExtensionOffset;

    /// <summary>Reads the header of a decrypted packet.</summary>
    /// <param name="packet">The whole RTP packet, without SRTP's tag.</param>
    /// <param name="header">The header; default if the packet is malformed.</param>
    /// <returns>False if the version is not 2 or a length passes the packet's end.</returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpHeader header)
    {
        header = default;
        if (packet.Length < FixedLength || packet[0] >> 6 != 2)
            return false;
        var length = FixedLength + (packet[0] & 0x0F) * 4;
        ushort profile = 0;
        var extensionOffset = 0;
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < length + 4)
                return false;
            profile = BinaryPrimitives.ReadUInt16BigEndian(packet[length..]);
            extensionOffset = length + 4;
            length = extensionOffset + BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]) * 4;
        }
        if (packet.Length < length)
            return false;
        var padding = 0;
        if ((packet[0] & 0x20) != 0)
        {
            padding = packet[^1];
            if (padding == 0 || padding > packet.Length - length)
                return false;
        }
        header = new RtpHeader
        {
            Marker = (packet[1] & 0x80) != 0,
            PayloadType = (byte)(packet[1] & 0x7F),
            SequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            Timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            Ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
            HeaderLength = length,
            PaddingLength = padding,
            ExtensionProfile = profile,
            ExtensionOffset = extensionOffset,
        };
        return true;
    }

    /// <summary>The payload of the packet this header was read from.</summary>
    public ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> packet)
        => packet[HeaderLength..(packet.Length - PaddingLength)];
}
