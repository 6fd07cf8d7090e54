using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <summary>A received SCTP packet (RFC 9260 section 3): the common header, checked, and its chunks.</summary>
internal readonly ref struct SctpPacket
{
    /// <summary>The length of the common header.</summary>
    public const int HeaderLength = 12;

    private readonly ReadOnlySpan<byte> _packet;

    private SctpPacket(ReadOnlySpan<byte> packet) => _packet = packet;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_packet);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]);

    public uint VerificationTag => BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]);

    /// <summary>The chunks, one after the other; see <see cref="SctpChunk.TryTake"/>.</summary>
    public ReadOnlySpan<byte> Chunks => _packet[HeaderLength..];

    /// <summary>Reads a packet; false when it is too short or its checksum is wrong.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out SctpPacket packet)
    {
        packet = default;
        if (datagram.Length < HeaderLength + SctpChunk.HeaderLength) return false;
        if (Crc32C.OfPacket(datagram) != BinaryPrimitives.ReadUInt32LittleEndian(datagram[8..])) return false;
        packet = new SctpPacket(datagram);
        return true;
    }
}

/// <summary>One chunk of a packet, or one parameter of a chunk, which has the same form.</summary>
internal readonly ref struct SctpChunk
{
    /// <summary>Type, flags and length.</summary>
    public const int HeaderLength = 4;

    private readonly ReadOnlySpan<byte> _chunk;

    private SctpChunk(ReadOnlySpan<byte> chunk) => _chunk = chunk;

    public SctpChunkType Type => (SctpChunkType)_chunk[0];

    public byte Flags => _chunk[1];

    /// <summary>The type of a parameter.</summary>
    public ushort Parameter => BinaryPrimitives.ReadUInt16BigEndian(_chunk);

    /// <summary>What follows the header, without padding.</summary>
    public ReadOnlySpan<byte> Value => _chunk[HeaderLength..];

    /// <summary>The chunk with its header.</summary>
    public ReadOnlySpan<byte> Whole => _chunk;

    /// <summary>Takes the first chunk off; false at the end, or where the length is wrong.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out SctpChunk chunk)
    {
        chunk = default;
        if (rest.Length < HeaderLength) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (length < HeaderLength || length > rest.Length) return false;
        chunk = new SctpChunk(rest[..length]);
        rest = rest[Math.Min(Padded(length), rest.Length)..];
        return true;
    }

    /// <summary>The length rounded up to a multiple of four (RFC 9260 section 3.2).</summary>
    public static int Padded(int length) => (length + 3) & ~3;
}
