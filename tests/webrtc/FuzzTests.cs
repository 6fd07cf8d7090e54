using GoTo.Bench.Fuzzing;
using Xunit;

namespace GoTo.WebRtc.Tests;

/// <summary>Mutated inputs into every parser; the nightly run of <c>bench -- fuzz</c> takes more of them.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 100_000;

    public static TheoryData<string> Parsers { get; } = [.. FuzzTargets.All().Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Parsers))]
    public void No_exception_escapes_and_allocation_is_bounded(string parser)
    {
        var target = FuzzTargets.All().Single(target => target.Name == parser);
        FuzzRun.Feed(target, seed: 7, Inputs);
    }

    [Fact]
    public void An_input_follows_from_its_seed_and_number_alone()
    {
        var target = FuzzTargets.All()[1];
        var (one, other) = (new Mutator(target.Seeds, 1_500), new Mutator(target.Seeds, 1_500));
        for (var i = 0; i < 1_000; i++)
            one.Make(3, i);
        Assert.Equal(one.Make(3, 77).ToArray(), other.Make(3, 77).ToArray());
        Assert.NotEqual(one.Make(4, 77).ToArray(), other.Make(3, 77).ToArray());
    }

    [Fact]
    public void What_throws_or_allocates_too_much_is_told_with_the_command_that_shows_it_again()
    {
        var throws = new FuzzTarget("faulty", [[1, 2, 3]], 100, 0, input => _ = input[2]);
        var error = Assert.Throws<FuzzFailureException>(() => FuzzRun.Feed(throws, seed: 1, 10_000));
        Assert.Contains("fuzz --parser faulty --seed 1 --first ", error.Message, StringComparison.Ordinal);
        var greedy = new FuzzTarget("greedy", [[1, 2, 3]], 100, 10, input => GC.KeepAlive(new byte[input.Length]));
        Assert.Throws<FuzzFailureException>(() => FuzzRun.Feed(greedy, seed: 1, 10_000));
    }
}
