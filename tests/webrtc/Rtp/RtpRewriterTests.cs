using Xunit;

namespace GoTo.WebRtc.Rtp;

public sealed class RtpRewriterTests
{
    private const uint OutSsrc = 0xABCD;
    private const long Frame = 20 * TimeSpan.TicksPerMillisecond;

    [Fact]
    public void Numbers_go_on_from_the_given_start_and_the_first_packet_is_marked()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);

        Assert.Equal(new RtpHeader(111, 100, 5000, OutSsrc, true), Send(rewriter, 1, 7000, 90000, 0));
        Assert.Equal(new RtpHeader(111, 101, 5960, OutSsrc), Send(rewriter, 1, 7001, 90960, Frame));
    }

    [Fact]
    public void Gaps_and_reordering_within_a_source_stay_as_they_are()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        Send(rewriter, 1, 65534, 0, 0);

        Assert.Equal((103, 5000u + 2880), Numbers(Send(rewriter, 1, 1, 2880, 3 * Frame)));
        Assert.Equal((102, 5000u + 1920), Numbers(Send(rewriter, 1, 0, 1920, 3 * Frame)));
        Assert.Equal((104, 5000u + 3840), Numbers(Send(rewriter, 1, 2, 3840, 4 * Frame)));
    }

    [Fact]
    public void A_new_source_goes_on_after_the_time_that_passed()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        Send(rewriter, 1, 10, 0, 0);

        var first = Send(rewriter, 2, 40000, 0x80000000, 5 * Frame);
        var second = Send(rewriter, 2, 40001, 0x80000000 + 960, 6 * Frame);

        Assert.Equal(new RtpHeader(111, 101, 5000 + 4800, OutSsrc, true), first);
        Assert.Equal(new RtpHeader(111, 102, 5000 + 5760, OutSsrc), second);
    }

    [Fact]
    public void Packets_of_an_event_go_between_those_of_the_source_and_take_no_number_twice()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        Send(rewriter, 1, 10, 0, 0);

        var timestamp = rewriter.BeginEvent(Frame / 2);
        Assert.Equal(new RtpHeader(110, 101, 5480, OutSsrc, true), rewriter.Insert(110, timestamp, marker: true));
        Assert.Equal(new RtpHeader(110, 102, 5480, OutSsrc), rewriter.Insert(110, timestamp, marker: false));
        Assert.Equal((103, 5960u), Numbers(Send(rewriter, 1, 11, 960, Frame)));
        rewriter.Insert(110, timestamp, marker: false);

        // One that was late and one that was lost before the event's packet.
        Assert.False(rewriter.TryRewrite(new RtpHeader(96, 9, 0, 1), 111, Frame, out _));
        Assert.Equal((106, 5000u + 2880), Numbers(Send(rewriter, 1, 13, 2880, 3 * Frame)));
        Assert.Equal(107, rewriter.Next(111, 960, marker: false, 4 * Frame).SequenceNumber);
    }

    [Fact]
    public void An_event_may_come_before_anything_else()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);

        Assert.Equal(new RtpHeader(110, 100, 5000, OutSsrc, true), rewriter.Insert(110, rewriter.BeginEvent(0), true));
        Assert.Equal(5960u, rewriter.BeginEvent(Frame));
        Assert.Equal(new RtpHeader(111, 101, 5960, OutSsrc, true), Send(rewriter, 1, 7, 90000, Frame));
    }

    [Fact]
    public void Late_packets_of_the_source_before_are_dropped_and_a_real_return_is_not()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        Send(rewriter, 1, 10, 0, 0);
        Send(rewriter, 2, 500, 0, Frame);

        Assert.False(rewriter.TryRewrite(new RtpHeader(96, 11, 960, 1), 111, 2 * Frame, out _));
        Assert.Equal(102, Send(rewriter, 2, 501, 960, 3 * Frame).SequenceNumber);
        Assert.Equal(103, Send(rewriter, 1, 400, 90000, 3 * TimeSpan.TicksPerSecond).SequenceNumber);
    }

    [Fact]
    public void Packets_older_than_the_first_of_a_source_are_dropped()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        Send(rewriter, 1, 10, 9600, 0);

        Assert.False(rewriter.TryRewrite(new RtpHeader(96, 9, 8640, 1), 111, Frame, out _));
    }

    [Fact]
    public void Packets_that_went_by_while_forwarding_was_off_are_no_loss()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        Send(rewriter, 1, 10, 0, 0);

        rewriter.SwitchSource();

        Assert.Equal((101, 5000u + 480_000), Numbers(Send(rewriter, 1, 510, 480_000, 500 * Frame)));
    }

    [Fact]
    public void A_source_that_restarts_its_numbers_is_followed_after_two_packets()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        Send(rewriter, 1, 10, 0, 0);

        Assert.False(rewriter.TryRewrite(new RtpHeader(96, 30000, 77, 1), 111, Frame, out _));
        Assert.Equal((101, 5000u + 1920), Numbers(Send(rewriter, 1, 30001, 1037, 2 * Frame)));
    }

    [Fact]
    public void Packets_of_this_side_and_forwarded_ones_share_the_stream()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);

        Assert.Equal(new RtpHeader(111, 100, 5000, OutSsrc, true), rewriter.Next(111, 960, false, 0));
        Assert.Equal(new RtpHeader(111, 101, 5960, OutSsrc), rewriter.Next(111, 960, false, Frame + 5));
        Assert.Equal(new RtpHeader(111, 102, 6920, OutSsrc, true), Send(rewriter, 9, 1, 1, 2 * Frame + 5));
        Assert.Equal(new RtpHeader(111, 103, 7880, OutSsrc, true), rewriter.Next(111, 960, false, 3 * Frame + 5));
    }

    [Fact]
    public void A_pause_of_this_side_passes_in_timestamps_and_jitter_does_not()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 100, 5000);
        rewriter.Next(111, 960, false, 0);

        Assert.Equal(new RtpHeader(111, 101, 5960, OutSsrc), rewriter.Next(111, 960, false, 30 * Frame));
        Assert.Equal(new RtpHeader(111, 102, 5960 + 96_000, OutSsrc, true), rewriter.Next(111, 960, false, 130 * Frame));
    }

    [Fact]
    public void The_timestamp_of_a_moment_goes_on_with_the_clock()
    {
        var rewriter = new RtpRewriter(OutSsrc, 8000, 100, 5000);
        rewriter.Next(0, 160, false, 0);

        Assert.Equal(5000u + 8000, rewriter.TimestampAt(TimeSpan.TicksPerSecond));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Over_switches_loss_and_reordering_the_stream_never_goes_backwards(int seed)
    {
        var random = new Random(seed);
        var rewriter = new RtpRewriter(OutSsrc, 48000, (ushort)random.Next(32768), (uint)random.Next());
        var now = 0L;
        var highest = -1L;
        var highestTimestamp = long.MinValue;
        var sent = new HashSet<long>();
        var last = default(RtpHeader);
        for (var run = 0; run < 500; run++)
        {
            var ssrc = (uint)random.NextInt64(1, uint.MaxValue);
            var start = (ushort)random.Next(65536);
            var timestamp = (uint)random.NextInt64(uint.MaxValue);
            var floor = highest;
            var timestampFloor = highestTimestamp;
            now += random.Next(0, 10) * Frame;
            var any = false;
            foreach (var index in Order(random, random.Next(1, 120)))
            {
                now += Frame;
                var source = new RtpHeader(96, (ushort)(start + index), timestamp + (uint)index * 960, ssrc);
                if (!rewriter.TryRewrite(source, 111, now, out var header))
                    continue;
                var sequence = Extend(highest < 0 ? header.SequenceNumber : highest, header.SequenceNumber);
                var time = highestTimestamp == long.MinValue
                    ? header.Timestamp
                    : highestTimestamp + (int)(header.Timestamp - (uint)highestTimestamp);
                Assert.Equal((OutSsrc, 111), (header.Ssrc, header.PayloadType));
                Assert.True(sequence > floor, "a number of an older source was used again");
                Assert.True(time > timestampFloor, "the time went back before the switch");
                Assert.True(sent.Add(sequence), "a number was used twice");
                if (any)
                {
                    // Within one source all distances are the source's.
                    Assert.Equal(
                        (short)(header.SequenceNumber - last.SequenceNumber) * 960,
                        (int)(header.Timestamp - last.Timestamp));
                }
                else
                {
                    Assert.True(header.Marker);
                    Assert.True(floor < 0 || sequence == floor + 1, "a switch shows as loss");
                }
                any = true;
                last = header;
                highest = Math.Max(highest, sequence);
                highestTimestamp = Math.Max(highestTimestamp, time);
            }
            if (random.Next(4) == 0)
                rewriter.SwitchSource();
        }

        Assert.True(sent.Count > 10_000);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var rewriter = new RtpRewriter(OutSsrc, 48000, 0, 0);
        var statistics = new ReceiverStatistics(1, 48000);
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int packets)
        {
            Span<byte> buffer = stackalloc byte[64];
            for (var i = 0; i < packets; i++)
            {
                RtpWriter.WriteHeader(buffer, new RtpHeader(111, (ushort)i, (uint)i * 960, 1), 4, "0"u8);
                _ = RtpHeader.TryParse(buffer, out var header);
                RtpHeaderExtensions.TryGet(buffer, header, 4, out _);
                statistics.Receive(header, 10, i * Frame);
                rewriter.TryRewrite(header, 96, i * Frame, out var rewritten);
                RtpWriter.WriteHeader(buffer, rewritten);
            }
        }
    }

    private static List<int> Order(Random random, int count)
    {
        var order = Enumerable.Range(0, count).Where(_ => random.Next(10) > 0).ToList();
        for (var i = 0; i + 3 < order.Count; i++)
        {
            if (random.Next(8) == 0)
                (order[i], order[i + 3]) = (order[i + 3], order[i]);
        }
        return order;
    }

    private static long Extend(long near, ushort sequence) => near + (short)(sequence - (ushort)near);

    private static RtpHeader Send(RtpRewriter rewriter, uint ssrc, ushort sequence, uint timestamp, long now)
    {
        Assert.True(rewriter.TryRewrite(new RtpHeader(96, sequence, timestamp, ssrc), 111, now, out var header));
        return header;
    }

    private static (int Sequence, uint Timestamp) Numbers(RtpHeader header)
        => (header.SequenceNumber, header.Timestamp);
}
