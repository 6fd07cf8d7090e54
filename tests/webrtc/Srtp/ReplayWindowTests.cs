using GoTo.WebRtc.Srtp;
using Xunit;

namespace GoTo.WebRtc.Tests.Srtp;

public sealed class ReplayWindowTests
{
    [Fact]
    public void The_first_index_is_new_whatever_it_is()
    {
        var window = default(ReplayWindow);

        Assert.True(window.IsNew(0));
        Assert.True(window.IsNew(1UL << 40));
        Assert.Equal(0xFFFFUL, window.Estimate(0xFFFF));
    }

    [Fact]
    public void An_index_is_new_once_within_the_window()
    {
        var window = Seen(1000);

        for (var index = 1000UL - ReplayWindow.Size + 1; index < 1000; index++)
        {
            Assert.True(window.IsNew(index));
            window.Commit(index);
            Assert.False(window.IsNew(index));
        }

        Assert.False(window.IsNew(1000));
        Assert.False(window.IsNew(1000 - ReplayWindow.Size));
        Assert.True(window.IsNew(1001));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(127)]
    public void A_step_ahead_keeps_what_was_seen(int step)
    {
        var window = Seen(5000, 4999);

        window.Commit(5000 + (ulong)step);

        Assert.False(window.IsNew(5000));
        Assert.Equal(step < 127, window.IsNew(4998));
        Assert.False(window.IsNew(4999));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(1_000_000)]
    public void A_jump_ahead_forgets_but_does_not_reopen_what_was_seen(int step)
    {
        var window = Seen(5000);

        window.Commit(5000 + (ulong)step);

        Assert.False(window.IsNew(5000));
        Assert.True(window.IsNew(5000 + (ulong)step - 1));
    }

    [Theory]
    [InlineData(0x0_FFFFUL, 0x0000, 0x1_0000UL)] // rollover
    [InlineData(0x0_FFFFUL, 0x0001, 0x1_0001UL)] // rollover with a loss
    [InlineData(0x1_0000UL, 0xFFFF, 0x0_FFFFUL)] // late, from before the rollover
    [InlineData(0x5_0005UL, 0xFFF0, 0x4_FFF0UL)]
    [InlineData(0x0_0005UL, 0xFFF0, 0x0_FFF0UL)] // no cycle before the first
    [InlineData(0x3_8000UL, 0x0000, 0x3_0000UL)]
    [InlineData(0x3_8001UL, 0x0000, 0x4_0000UL)]
    [InlineData(0x3_7FFFUL, 0xFFFF, 0x3_FFFFUL)]
    [InlineData(0x3_7FFEUL, 0xFFFF, 0x2_FFFFUL)]
    public void The_rollover_counter_is_the_one_that_brings_the_index_nearest(
        ulong highest, int sequence, ulong expected) =>
        Assert.Equal(expected, Seen(highest).Estimate((ushort)sequence));

    private static ReplayWindow Seen(params ulong[] indices)
    {
        var window = default(ReplayWindow);
        foreach (var index in indices) window.Commit(index);
        return window;
    }
}
