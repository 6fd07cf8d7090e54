using System.Buffers.Binary;

namespace GoTo.WebRtc.Ogg;

/// <summary>Reads the pages of an Ogg stream (RFC 3533 section 6), their CRCs checked.</summary>
internal sealed class OggPageReader(Stream stream)
{
    private const int HeaderLength = 27;
    private const int MaxBodyLength = 255 * 255;

    private static readonly uint[] CrcTable = MakeCrcTable();

    private readonly byte[] _page = new byte[HeaderLength + 255 + MaxBodyLength];
    private long _next;

    /// <summary>Offset of the current page in bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the page starts with the rest of a packet of the page before.</summary>
    public bool Continued => (_page[5] & 1) != 0;

    public bool IsFirst => (_page[5] & 2) != 0;

    public bool IsLast => (_page[5] & 4) != 0;

    /// <summary>Codec position at the page's end, -1 if no packet ends here.</summary>
    public long GranulePosition => BinaryPrimitives.ReadInt64LittleEndian(_page.AsSpan(6));

    public uint Serial => BinaryPrimitives.ReadUInt32LittleEndian(_page.AsSpan(14));

    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(_page.AsSpan(18));

    /// <summary>The lacing values: 255 says that the packet goes on with the next segment.</summary>
    public ReadOnlySpan<byte> Segments => _page.AsSpan(HeaderLength, _page[26]);

    public ReadOnlySpan<byte> Body { get => _page.AsSpan(HeaderLength + _page[26], BodyLength); }

    private int BodyLength
    {
        get
        {
            var length = 0;
            foreach (var segment in Segments)
                length += segment;
            return length;
        }
    }

    /// <summary>Reads the next page; false at the end of the stream.</summary>
    /// <exception cref="OggOpusException">The page is truncated, not Ogg, or damaged.</exception>
    public bool TryRead()
    {
        Offset = _next;
        var got = stream.ReadAtLeast(_page.AsSpan(0, HeaderLength), HeaderLength, throwOnEndOfStream: false);
        if (got == 0)
            return false;
        if (got < HeaderLength)
            throw new OggOpusException("the file ends within a page header", Offset);
        if (!_page.AsSpan(0, 5).SequenceEqual("OggS\0"u8))
            throw new OggOpusException("an Ogg page starts with \"OggS\" and version 0", Offset);
        Fill(HeaderLength, _page[26]);
        Fill(HeaderLength + _page[26], BodyLength);
        var length = HeaderLength + _page[26] + BodyLength;
        var expected = BinaryPrimitives.ReadUInt32LittleEndian(_page.AsSpan(22));
        _page.AsSpan(22, 4).Clear();
        if (Crc(_page.AsSpan(0, length)) != expected)
            throw new OggOpusException("the checksum is wrong; the file is damaged", Offset);
        _next = Offset + length;
        return true;
    }

    /// <summary>Ogg's CRC-32: polynomial 0x04C11DB7, not reflected nor inverted (RFC 3533 section 6).</summary>
    internal static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = 0u;
        foreach (var value in data)
            crc = (crc << 8) ^ CrcTable[(crc >> 24) ^ value];
        return crc;
    }

    private void Fill(int start, int length)
    {
        if (stream.ReadAtLeast(_page.AsSpan(start, length), length, throwOnEndOfStream: false) < length)
            throw new OggOpusException("the file ends within a page", Offset);
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 0x80000000) != 0 ? (value << 1) ^ 0x04C11DB7 : value << 1;
            table[i] = value;
        }
        return table;
    }
}
