using Xunit;

namespace GoTo.WebRtc.Rtcp;

public sealed class RtcpTests
{
    private static readonly ReportBlock Block = new(0xAABBCCDD, 25, -3, 0x00010002, 480, 0x33445566, 98304);
    private static readonly SenderInfo Sender = new(0xE800000080000000, 123456, 50, 4000);

    [Fact]
    public void A_compound_packet_is_read_back_as_it_was_built()
    {
        var data = Compound();
        var parser = new RtcpParser(data);

        Assert.True(parser.TryRead(out var report));
        Assert.Equal((RtcpPacketType.SenderReport, 1), (report.Type, report.ReportCount));
        Assert.True(report.TryGetSsrc(out var ssrc));
        Assert.Equal(0x01020304u, ssrc);
        Assert.True(report.TryGetSenderInfo(out var sender));
        Assert.Equal(Sender, sender);
        Assert.Equal(Block, report.GetReport(0));
        Assert.True(parser.TryRead(out var description));
        Assert.True(description.TryGetCname(out ssrc, out var cname));
        Assert.Equal((0x01020304u, "cname123"), (ssrc, System.Text.Encoding.ASCII.GetString(cname)));
        Assert.True(parser.TryRead(out var bye));
        Assert.Equal((RtcpPacketType.Bye, 2, 9u), (bye.Type, bye.ByeCount, bye.GetBye(1)));
        Assert.False(parser.TryRead(out _));
    }

    [Fact]
    public void The_bytes_of_a_receiver_report_are_those_of_RFC_3550()
    {
        Span<byte> buffer = stackalloc byte[64];
        var builder = new RtcpBuilder(buffer);
        builder.AddReceiverReport(0x01020304, [Block]);

        Assert.Equal(
            "81C9000701020304AABBCCDD19FFFFFD00010002000001E03344556600018000",
            Convert.ToHexString(buffer[..builder.Length]));
    }

    [Theory]
    [InlineData("a", 12)]
    [InlineData("ab", 16)]
    [InlineData("abcdefghi", 20)]
    public void A_source_description_ends_with_a_null_on_a_word(string cname, int length)
    {
        Span<byte> buffer = stackalloc byte[64];
        var builder = new RtcpBuilder(buffer);
        builder.AddSourceDescription(1, cname);

        Assert.Equal(length, builder.Length);
        Assert.Equal(0, buffer[builder.Length - 1]);
        Assert.Equal(builder.Length / 4 - 1, buffer[3]);
    }

    [Fact]
    public void Unknown_types_and_reduced_size_packets_are_stepped_over()
    {
        byte[] feedback = [0x8F, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
        byte[] unknown = [0x80, 223, 0, 0];
        byte[] datagram = [.. feedback, .. unknown, 0x80, 201, 0, 1, 0, 0, 0, 5];
        var parser = new RtcpParser(datagram);

        Assert.True(parser.TryRead(out var first));
        Assert.Equal((RtcpPacketType.PayloadFeedback, 15), (first.Type, first.Count));
        Assert.True(parser.TryRead(out var second));
        Assert.Equal(223, (int)second.Type);
        Assert.False(second.TryGetSsrc(out _));
        Assert.True(parser.TryRead(out var third));
        Assert.Equal((RtcpPacketType.ReceiverReport, 0), (third.Type, third.ReportCount));
        Assert.False(parser.TryRead(out _));
    }

    [Fact]
    public void A_report_that_claims_more_blocks_than_it_holds_gives_those_it_holds()
    {
        var data = Compound();
        data[0] |= 31;
        var parser = new RtcpParser(data);

        Assert.True(parser.TryRead(out var report));
        Assert.Equal(1, report.ReportCount);
    }

    [Fact]
    public void Truncated_and_mutated_datagrams_never_make_the_parser_throw()
    {
        var random = new Random(5506);
        var whole = Compound();
        var read = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var data = whole.ToArray();
            for (var change = random.Next(4); change > 0; change--)
                data[random.Next(data.Length)] = (byte)random.Next(256);
            var parser = new RtcpParser(data.AsSpan(0, random.Next(data.Length + 1)));
            while (parser.TryRead(out var packet))
            {
                read++;
                packet.TryGetSsrc(out _);
                packet.TryGetSenderInfo(out _);
                packet.TryGetCname(out _, out _);
                for (var i = 0; i < packet.ReportCount; i++)
                    packet.GetReport(i);
                for (var i = 0; i < packet.ByeCount; i++)
                    packet.GetBye(i);
            }
        }

        Assert.InRange(read, 50_000, 600_000);
    }

    [Fact]
    public void A_full_buffer_is_refused()
        => Assert.Throws<ArgumentException>(() => new RtcpBuilder(new byte[20]).AddSenderReport(1, Sender, []));

    [Fact]
    public void The_round_trip_is_the_time_less_the_remotes_delay()
    {
        var clock = new NtpClock(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        var sentAt = 100 * TimeSpan.TicksPerSecond;
        var report = Block with
        {
            LastSenderReport = (uint)(clock.At(sentAt) >> 16),
            DelaySinceLastSenderReport = 65536 * 2,
        };

        var trip = clock.RoundTrip(report, sentAt + TimeSpan.FromMilliseconds(2150).Ticks);

        Assert.Equal(150, trip!.Value.TotalMilliseconds, 0.1);
        Assert.Null(clock.RoundTrip(report with { LastSenderReport = 0 }, sentAt));
        Assert.Null(clock.RoundTrip(report, sentAt));
    }

    [Fact]
    public void Ntp_time_counts_from_1900()
    {
        var clock = new NtpClock(DateTimeOffset.UnixEpoch);

        Assert.Equal(2208988800ul << 32, clock.At(0));
        Assert.Equal((2208988800ul << 32) + (1ul << 31), clock.At(TimeSpan.TicksPerSecond / 2));
    }

    [Fact]
    public void Reports_are_due_after_1_s_and_then_every_5_s_give_or_take_half()
    {
        var scheduler = new RtcpScheduler();
        var (least, most) = (new Chance(0), new Chance(0xFF));
        Assert.False(scheduler.TryTake(long.MaxValue - 1, least));
        scheduler.Start(0);

        Assert.False(scheduler.TryTake(TimeSpan.TicksPerSecond - 1, least));
        Assert.True(scheduler.TryTake(TimeSpan.TicksPerSecond, least));
        Assert.Equal(TimeSpan.TicksPerSecond * 7 / 2, scheduler.Due);
        Assert.True(scheduler.TryTake(scheduler.Due, most));
        Assert.Equal(TimeSpan.TicksPerSecond * 11, scheduler.Due);
    }

    private sealed class Chance(byte value) : Entropy
    {
        public override void Fill(Span<byte> buffer) => buffer.Fill(value);
    }

    private static byte[] Compound()
    {
        var buffer = new byte[256];
        var builder = new RtcpBuilder(buffer);
        builder.AddSenderReport(0x01020304, Sender, [Block]);
        builder.AddSourceDescription(0x01020304, "cname123");
        builder.AddBye([8, 9]);
        return buffer[..builder.Length];
    }
}
