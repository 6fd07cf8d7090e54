using System.Text;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>Text streams, digits, and packets that come twice.</summary>
public sealed class DataTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(15_000)]
    [InlineData(100_000)]
    public void A_text_is_cut_and_put_together(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => i % 7 == 0 ? "ä" : i % 11 == 0 ? "€" : "x"));
        var attributes = new Dictionary<string, string> { ["lk.segment_id"] = "1" };
        var (id, packets) = TextStreams.Cut(text, "lk.chat", attributes, DateTimeOffset.UnixEpoch);

        var received = Receive(new TextStreams(), "agent", packets);

        Assert.Equal((id, "agent", "lk.chat", text), (received!.Id, received.Identity, received.Topic, received.Text));
        Assert.Equal("1", received.Attributes["lk.segment_id"]);
        Assert.All(packets, packet => Assert.InRange(packet.CalculateSize(), 1, 15_360));
        Assert.All(
            packets.Where(packet => packet.ValueCase == DataPacket.ValueOneofCase.StreamChunk),
            packet => Assert.DoesNotContain('\uFFFD', packet.StreamChunk.Content.ToStringUtf8()));
    }

    [Fact]
    public void A_stream_with_a_gap_or_of_somebody_else_is_dropped()
    {
        var (_, packets) = TextStreams.Cut(new string('x', 50_000), "t", null, DateTimeOffset.UnixEpoch);

        Assert.Null(Receive(new TextStreams(), "agent", [.. packets.Where((_, index) => index != 2)]));
        var streams = new TextStreams();
        streams.Take("agent", packets[0].StreamHeader);
        Assert.Null(Receive(streams, "intruder", [.. packets.Skip(1)]));
        streams.Disconnected("agent");
        Assert.Null(Receive(streams, "agent", [.. packets.Skip(1)]));
    }

    [Fact]
    public void A_stream_without_end_is_given_up()
    {
        var streams = new TextStreams();
        streams.Take("agent", new DataStream.Types.Header { StreamId = "s", TextHeader = new() });
        for (var index = 0; index < 100; index++)
        {
            streams.Take("agent", new DataStream.Types.Chunk
            {
                StreamId = "s", ChunkIndex = (ulong)index, Content = ByteString.CopyFrom(new byte[15_000]),
            });
        }

        Assert.Null(streams.Take("agent", new DataStream.Types.Trailer { StreamId = "s" }));
    }

    [Fact]
    public void Every_digit_has_its_code()
    {
        Assert.Equal(
            Enumerable.Range(0, 16).Select(code => (uint)code), "0123456789*#ABCD".Select(digit => DtmfCode.Of(digit)));
        Assert.Equal(13u, DtmfCode.Of('b'));
        Assert.Throws<ArgumentOutOfRangeException>(() => DtmfCode.Of('E'));
        Assert.Equal('5', DtmfCode.DigitOf("5", 0));
        Assert.Equal('#', DtmfCode.DigitOf("", 11));
        Assert.Null(DtmfCode.DigitOf("flash", 16));
    }

    [Fact]
    public void What_came_is_not_taken_again()
    {
        var received = new ReceivedSequences();

        Assert.True(received.IsNew("PA_1", 1));
        Assert.True(received.IsNew("PA_1", 3));
        Assert.False(received.IsNew("PA_1", 3));
        Assert.False(received.IsNew("PA_1", 2));
        Assert.True(received.IsNew("PA_2", 1));
        Assert.True(received.IsNew("PA_1", 0));
        Assert.Equal(3u, received.LastBySender["PA_1"]);
        var nonce = ByteString.CopyFrom(Encoding.ASCII.GetBytes("0123456789abcdef"));
        Assert.True(received.IsNew(nonce));
        Assert.False(received.IsNew(nonce));
        Assert.True(received.IsNew(ByteString.Empty));
        Assert.True(received.IsNew(ByteString.Empty));
    }

    private static ReceivedText? Receive(TextStreams streams, string identity, IReadOnlyList<DataPacket> packets)
    {
        ReceivedText? received = null;
        foreach (var packet in packets.Select(packet => DataPacket.Parser.ParseFrom(packet.ToByteArray())))
        {
            switch (packet.ValueCase)
            {
                case DataPacket.ValueOneofCase.StreamHeader:
                    received ??= streams.Take(identity, packet.StreamHeader);
                    break;
                case DataPacket.ValueOneofCase.StreamChunk:
                    streams.Take(identity, packet.StreamChunk);
                    break;
                default:
                    received ??= streams.Take(identity, packet.StreamTrailer);
                    break;
            }
        }

        return received;
    }
}
