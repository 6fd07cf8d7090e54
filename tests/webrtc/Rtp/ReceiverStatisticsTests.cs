using GoTo.WebRtc.Rtcp;
using Xunit;

namespace GoTo.WebRtc.Rtp;

public sealed class ReceiverStatisticsTests
{
    private const long Frame = 20 * TimeSpan.TicksPerMillisecond;

    private readonly ReceiverStatistics _statistics = new(77, 48000);

    [Fact]
    public void Loss_is_counted_over_a_wrap_and_a_fraction_since_the_last_report()
    {
        for (var i = 0; i < 100; i++)
        {
            if (i % 10 != 3)
                Receive(65500 + i);
        }
        Assert.Equal(10, _statistics.CumulativeLost);
        Assert.Equal(65536u + 63, _statistics.ExtendedHighestSequence);

        var first = _statistics.CreateReport(0);
        for (var i = 100; i < 200; i++)
        {
            if (i % 2 == 1)
                Receive(65500 + i);
        }
        var second = _statistics.CreateReport(0);
        var third = _statistics.CreateReport(0);

        Assert.Equal((25, 10), (first.FractionLost, first.CumulativeLost));
        Assert.Equal((128, 60), (second.FractionLost, second.CumulativeLost));
        Assert.Equal((0, 60), (third.FractionLost, third.CumulativeLost));
        Assert.Equal((140, 140 * 50), (_statistics.PacketsReceived, _statistics.BytesReceived));
    }

    [Fact]
    public void Duplicates_count_as_negative_loss_and_late_packets_undo_it()
    {
        Receive(1);
        Receive(3);
        Assert.Equal(1, _statistics.CumulativeLost);
        Receive(2);
        Assert.Equal(0, _statistics.CumulativeLost);
        Receive(2);

        Assert.Equal(-1, _statistics.CumulativeLost);
        Assert.Equal((0, -1), (_statistics.CreateReport(0).FractionLost, _statistics.CreateReport(0).CumulativeLost));
    }

    [Fact]
    public void A_stray_sequence_number_is_not_counted_and_a_restart_is_followed()
    {
        Receive(1);
        Receive(2);

        Assert.False(_statistics.Receive(new RtpHeader(111, 40000, 0, 77), 50, 0));
        Assert.Equal((2, 0), (_statistics.PacketsReceived, _statistics.CumulativeLost));
        Assert.True(_statistics.Receive(new RtpHeader(111, 40001, 0, 77), 50, 0));
        Assert.Equal((40001u, 0), (_statistics.ExtendedHighestSequence, _statistics.CumulativeLost));
    }

    [Fact]
    public void Jitter_follows_the_formula_of_RFC_3550()
    {
        // Every second packet is 5 ms late: the transit changes by 240 samples each time.
        var expected = 0.0;
        for (var i = 0; i < 200; i++)
        {
            var late = i % 2 == 0 ? 0 : 5 * TimeSpan.TicksPerMillisecond;
            _statistics.Receive(new RtpHeader(111, (ushort)i, (uint)i * 960, 77), 50, i * Frame + late);
            if (i > 0)
                expected += (240 - expected) / 16;
        }

        Assert.Equal((uint)expected, _statistics.Jitter);
        Assert.Equal(5, _statistics.JitterTime.TotalMilliseconds, 1);
        Assert.Equal(_statistics.Jitter, _statistics.CreateReport(0).Jitter);
    }

    [Fact]
    public void A_report_tells_when_the_last_sender_report_came()
    {
        Receive(1);
        Assert.Equal((0u, 0u), Delays(_statistics.CreateReport(0)));

        _statistics.ReceiveSenderReport(0x1122334455667788, TimeSpan.TicksPerSecond);

        Assert.Equal((0x33445566u, 98304u), Delays(_statistics.CreateReport(TimeSpan.TicksPerSecond * 5 / 2)));

        static (uint, uint) Delays(ReportBlock block) => (block.LastSenderReport, block.DelaySinceLastSenderReport);
    }

    private void Receive(int sequence)
        => _statistics.Receive(new RtpHeader(111, (ushort)sequence, (uint)sequence * 960, 77), 50, sequence * Frame);
}
