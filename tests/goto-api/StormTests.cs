namespace GoTo.Api.Tests;

/// <summary>
/// A network that is cut, loses replies, repeats and reorders: what the client's user learns is what happened, once.
/// </summary>
public sealed class StormTests(ITestOutputHelper output)
{
    /// <summary>An hour at 50 events a second, the socket cut every 5 to 60 s.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_hour_of_cuts_loses_nothing_applies_nothing_twice_and_leaks_nothing(bool replays)
    {
        var storm = await Storm.Run(new StormPlan
        {
            Seed = replays ? 1 : 2, Duration = TimeSpan.FromHours(1), Replays = replays,
            ShortestPeace = TimeSpan.FromSeconds(5), LongestPeace = TimeSpan.FromSeconds(60),
        });

        output.WriteLine(storm.ToString());
        Assert.True(storm.Problems.Count == 0, string.Join('\n', storm.Problems.Take(20)));
        Assert.True(storm.Happened > 100_000 && storm.Cuts > 60 && storm.Dials > 1000 && storm.LostReplies > 50, storm.ToString());
    }

    /// <summary>A thousand short runs, each of its own seed, with cuts ten times as often.</summary>
    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task A_thousand_seeds_do_too(int first)
    {
        for (var seed = first; seed < first + 50; seed++)
        {
            var storm = await Storm.Run(new StormPlan
            {
                Seed = seed, Duration = TimeSpan.FromSeconds(10), Replays = seed % 2 == 0,
                ShortestPeace = TimeSpan.FromSeconds(0.5), LongestPeace = TimeSpan.FromSeconds(6),
            });
            Assert.True(storm.Problems.Count == 0, $"seed {seed}: {string.Join('\n', storm.Problems.Take(20))}");
        }
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_run()
    {
        var plan = new StormPlan
        {
            Seed = 7, Duration = TimeSpan.FromSeconds(30), Replays = true,
            ShortestPeace = TimeSpan.FromSeconds(1), LongestPeace = TimeSpan.FromSeconds(6),
        };

        var first = await Storm.Run(plan);
        var second = await Storm.Run(plan);
        var other = await Storm.Run(plan with { Seed = 8 });

        Assert.True(first.EventLog.Length > 10_000);
        Assert.Equal(first.EventLog, second.EventLog);
        Assert.Equal(first.ToString(), second.ToString());
        Assert.NotEqual(first.EventLog, other.EventLog);
    }

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, 20).Select(block => 1000 + (block * 50))];
}

/// <summary>What a storm is like.</summary>
internal sealed record StormPlan
{
    public required int Seed { get; init; }

    public required TimeSpan Duration { get; init; }

    public required TimeSpan ShortestPeace { get; init; }

    public required TimeSpan LongestPeace { get; init; }

    /// <summary>Whether the cloud sends again what a channel may have missed, or loses it as the specification allows.</summary>
    public required bool Replays { get; init; }
}
