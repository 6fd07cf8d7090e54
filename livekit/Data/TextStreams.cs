using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>
/// Text streams (header, chunks, trailer): a long text cut for sending, and those received put together. Memory is
/// bounded.
/// </summary>
internal sealed class TextStreams
{
    private const int ChunkSize = 15_000;
    private const int MaxOpen = 64;
    private const int MaxLength = 1 << 20;

    private readonly Dictionary<string, Incoming> _open = [];

    /// <summary>The packets of a text, and the stream's id.</summary>
    public static (string Id, IReadOnlyList<DataPacket> Packets) Cut(
        string text, string topic, IReadOnlyDictionary<string, string>? attributes, DateTimeOffset now)
    {
        var id = Guid.NewGuid().ToString();
        var bytes = Encoding.UTF8.GetBytes(text);
        var header = new DataStream.Types.Header
        {
            StreamId = id,
            Timestamp = now.ToUnixTimeMilliseconds(),
            Topic = topic,
            MimeType = "text/plain",
            TotalLength = (ulong)bytes.Length,
            TextHeader = new DataStream.Types.TextHeader(),
        };
        header.Attributes.Add(attributes?.ToDictionary() ?? []);
        var packets = new List<DataPacket> { new() { StreamHeader = header } };
        for (int start = 0, index = 0; start < bytes.Length; index++)
        {
            var end = Math.Min(bytes.Length, start + ChunkSize);
            // A chunk ends where a character does, so that a receiver may show it as it comes.
            while (end < bytes.Length && (bytes[end] & 0xC0) == 0x80) end--;
            packets.Add(new DataPacket
            {
                StreamChunk = new DataStream.Types.Chunk
                {
                    StreamId = id, ChunkIndex = (ulong)index, Content = ByteString.CopyFrom(bytes, start, end - start),
                },
            });
            start = end;
        }

        packets.Add(new DataPacket { StreamTrailer = new DataStream.Types.Trailer { StreamId = id } });
        return (id, packets);
    }

    public ReceivedText? Take(string identity, DataStream.Types.Header header)
    {
        if (header.ContentHeaderCase != DataStream.Types.Header.ContentHeaderOneofCase.TextHeader) return null;
        var stream = new Incoming(identity, header);
        if (header.HasInlineContent) return stream.Finish(header.InlineContent.ToStringUtf8());
        // The oldest gives way: its sender has most likely forgotten it.
        if (_open.Count >= MaxOpen) _open.Remove(_open.Keys.First());
        _open[header.StreamId] = stream;
        return null;
    }

    public void Take(string identity, DataStream.Types.Chunk chunk)
    {
        if (!_open.TryGetValue(chunk.StreamId, out var stream) || stream.Identity != identity) return;
        if (!stream.TryAdd(chunk, MaxLength)) _open.Remove(chunk.StreamId);
    }

    public ReceivedText? Take(string identity, DataStream.Types.Trailer trailer)
    {
        if (!_open.TryGetValue(trailer.StreamId, out var stream) || stream.Identity != identity) return null;
        _open.Remove(trailer.StreamId);
        // A reason tells of a sender that broke off.
        return trailer.Reason.Length == 0 && stream.IsComplete ? stream.Finish(null, trailer.Attributes) : null;
    }

    /// <summary>A participant left; its unfinished streams are forgotten.</summary>
    public void Disconnected(string identity)
    {
        foreach (var id in _open.Where(stream => stream.Value.Identity == identity).Select(stream => stream.Key).ToList())
            _open.Remove(id);
    }

    private sealed class Incoming(string identity, DataStream.Types.Header header)
    {
        private readonly ArrayBufferWriter<byte> _content = new();
        private ulong _next;

        public string Identity => identity;

        public bool IsComplete => !header.HasTotalLength || header.TotalLength == (ulong)_content.WrittenCount;

        public bool TryAdd(DataStream.Types.Chunk chunk, int limit)
        {
            if (chunk.ChunkIndex < _next) return true; // said already
            if (chunk.ChunkIndex > _next || _content.WrittenCount + chunk.Content.Length > limit) return false;
            _next++;
            _content.Write(chunk.Content.Span);
            return true;
        }

        public ReceivedText Finish(string? inline, IDictionary<string, string>? more = null) => new(
            header.StreamId, identity, header.Topic,
            inline ?? Encoding.UTF8.GetString(_content.WrittenSpan),
            header.Attributes.ToImmutableDictionary().SetItems(more ?? new Dictionary<string, string>()));
    }
}
