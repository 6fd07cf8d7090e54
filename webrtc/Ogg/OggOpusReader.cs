using System.Buffers;
using GoTo.WebRtc.Ogg;

namespace GoTo.WebRtc;

/// <summary>One Opus packet of a file.</summary>
/// <param name="Payload">The packet as it goes into RTP (RFC 7587 section 4.2).</param>
/// <param name="Samples">Its duration in 48 kHz samples: 960 = 20 ms.</param>
public readonly record struct OpusPacket(ReadOnlyMemory<byte> Payload, int Samples);

/// <summary>
/// Reads the Opus packets of an Ogg Opus file (RFC 3533, RFC 7845) with one logical stream. Bounded: packets up to
/// 61,440 bytes (RFC 7845 section 6), files up to a given number of packets.
/// </summary>
public sealed class OggOpusReader
{
    private const int MaxPacketLength = 61_440;
    private const int MaxCommentLength = 1 << 20;

    private readonly OggPageReader _pages;
    private readonly ArrayBufferWriter<byte> _packet = new();
    private uint _serial;
    private uint _sequence;
    private int _packetIndex;

    private OggOpusReader(Stream stream) => _pages = new OggPageReader(stream);

    /// <summary>Channels of the stream, 1 or 2.</summary>
    public int Channels { get; private set; }

    /// <summary>48 kHz samples a player drops at the start (RFC 7845 section 4.2).</summary>
    public int PreSkip { get; private set; }

    /// <summary>The audio packets in order.</summary>
    public IReadOnlyList<OpusPacket> Packets { get; private set; } = [];

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPackets">The most packets taken; 100,000 of 20 ms are 33 minutes.</param>
    /// <exception cref="OggOpusException">The file is damaged, not Ogg Opus, or longer than allowed.</exception>
    public static OggOpusReader ReadFile(string path, int maxPackets = 100_000)
    {
        using var file = File.OpenRead(path);
        return Read(file, maxPackets);
    }

    /// <summary>Reads a whole stream from its current position.</summary>
    /// <param name="stream">The bytes of the file.</param>
    /// <param name="maxPackets">The most packets taken.</param>
    /// <exception cref="OggOpusException">The file is damaged, not Ogg Opus, or longer than allowed.</exception>
    public static OggOpusReader Read(Stream stream, int maxPackets = 100_000)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var reader = new OggOpusReader(stream);
        reader.ReadAll(maxPackets);
        return reader;
    }

    private void ReadAll(int maxPackets)
    {
        var packets = new List<OpusPacket>();
        var open = false;
        var ended = false;
        for (var page = 0u; _pages.TryRead(); page++)
        {
            CheckPage(page, open, ended);
            ended = _pages.IsLast;
            var body = _pages.Body;
            foreach (var segment in _pages.Segments)
            {
                _packet.Write(body[..segment]);
                body = body[segment..];
                if (_packet.WrittenCount > (_packetIndex == 1 ? MaxCommentLength : MaxPacketLength))
                    throw Refusal("a packet is longer than any Opus packet");
                open = segment == 255;
                if (open)
                    continue;
                TakePacket(packets, maxPackets);
                _packet.ResetWrittenCount();
            }
        }
        if (_packetIndex < 2)
            throw Refusal("the file has no OpusHead and OpusTags packets");
        if (open)
            throw Refusal("the file ends within a packet");
        Packets = packets;
    }

    private void CheckPage(uint page, bool open, bool ended)
    {
        if (ended)
            throw Refusal("only one logical stream is read; another follows the last page");
        if (_pages.IsFirst != (page == 0))
            throw Refusal("the first page, and only it, begins the stream");
        if (page == 0)
            (_serial, _sequence) = (_pages.Serial, _pages.Sequence);
        else if (_pages.Serial != _serial)
            throw Refusal("only one logical stream is read; this page is of another");
        else if (_pages.Sequence != ++_sequence)
            throw Refusal("a page is missing before this one");
        if (_pages.Continued != open)
            throw Refusal("the continued flag does not fit the page before");
    }

    private void TakePacket(List<OpusPacket> packets, int maxPackets)
    {
        switch (_packetIndex++)
        {
            case 0:
                ReadHead(_packet.WrittenSpan);
                break;
            case 1:
                if (!_packet.WrittenSpan.StartsWith("OpusTags"u8))
                    throw Refusal("the second packet is OpusTags");
                break;
            default:
                var payload = _packet.WrittenSpan.ToArray();
                var samples = OpusToc.Samples(payload);
                if (samples == 0)
                    throw Refusal("a packet has no valid Opus table of contents");
                if (packets.Count == maxPackets)
                    throw Refusal($"the file has more than {maxPackets} packets");
                packets.Add(new OpusPacket(payload, samples));
                break;
        }
    }

    // RFC 7845 section 5.1.
    private void ReadHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 19 || !head.StartsWith("OpusHead"u8) || head[8] >> 4 != 0)
            throw Refusal("the first packet is OpusHead of version 1");
        if (head[18] != 0 || head[9] is not (1 or 2))
            throw Refusal("only mapping family 0 with one or two channels is read");
        Channels = head[9];
        PreSkip = head[10] | (head[11] << 8);
    }

    private OggOpusException Refusal(string rule) => new(rule, _pages.Offset);
}
