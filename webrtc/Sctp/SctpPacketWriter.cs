using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <summary>Gathers chunks into packets of at most <see cref="MaxPacket"/> bytes.</summary>
internal sealed class SctpPacketWriter(ISctpSink sink, ushort port, ushort remotePort)
{
    /// <summary>
    /// The longest packet: with a DTLS record around it a datagram of 1,200 bytes, which fits every usual path
    /// (RFC 8831 section 5).
    /// </summary>
    public const int MaxPacket = 1160;

    private readonly byte[] _packet = new byte[MaxPacket];
    private int _length;
    private uint _tag;

    /// <summary>How many bytes the value of one more chunk can have in this packet.</summary>
    public int Room => MaxPacket - Math.Max(_length, SctpPacket.HeaderLength) - SctpChunk.HeaderLength;

    /// <summary>Adds a chunk, in a new packet where it does not fit or the tag is another.</summary>
    /// <returns>Where the chunk's value goes.</returns>
    public Span<byte> Add(uint tag, SctpChunkType type, byte flags, int valueLength)
    {
        if (_length > 0 && (tag != _tag || valueLength > Room)) Flush();
        if (_length == 0) _length = SctpPacket.HeaderLength;
        _tag = tag;
        var chunk = _packet.AsSpan(_length, SctpChunk.Padded(SctpChunk.HeaderLength + valueLength));
        chunk.Clear();
        chunk[0] = (byte)type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], (ushort)(SctpChunk.HeaderLength + valueLength));
        _length += chunk.Length;
        return chunk.Slice(SctpChunk.HeaderLength, valueLength);
    }

    /// <summary>Sends what was gathered.</summary>
    public void Flush()
    {
        if (_length == 0) return;
        var packet = _packet.AsSpan(0, _length);
        _length = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet, port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], remotePort);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _tag);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], Crc32C.OfPacket(packet));
        sink.SendSctp(packet);
    }
}
