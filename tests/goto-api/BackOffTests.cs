namespace GoTo.Api.Tests;

public sealed class BackOffTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Waits_stay_under_a_ceiling_that_doubles_and_above_the_floor()
    {
        var backOff = new BackOff(First, Longest, Floor, new Random(1));

        for (var attempt = 0; attempt < 2000; attempt++)
        {
            var ceiling = TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Min(attempt, 20))));
            Assert.InRange(backOff.Next(), Floor, ceiling);
        }
    }

    [Fact]
    public void Waits_are_spread_over_the_whole_range()
    {
        var backOff = new BackOff(Longest, Longest, Floor, new Random(1));
        var waits = Enumerable.Range(0, 1000).Select(_ => backOff.Next().TotalSeconds).ToArray();

        Assert.InRange(waits.Average(), 135, 165);
        Assert.True(waits.Min() < 3 && waits.Max() > 297);
    }

    [Fact]
    public void A_healthy_connection_starts_the_waits_anew()
    {
        var backOff = new BackOff(First, Longest, Floor, new Random(1));
        for (var attempt = 0; attempt < 10; attempt++)
            backOff.Next();

        backOff.Reset();

        Assert.InRange(backOff.Next(), Floor, First);
    }

    [Fact]
    public void The_same_seed_gives_the_same_waits()
    {
        var one = new BackOff(First, Longest, Floor, new Random(7));
        var other = new BackOff(First, Longest, Floor, new Random(7));

        for (var attempt = 0; attempt < 20; attempt++)
            Assert.Equal(one.Next(), other.Next());
    }
}
