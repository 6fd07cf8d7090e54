using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

public sealed class EntropyTests
{
    [Fact]
    public void A_seed_gives_the_same_sequence_again_and_another_seed_another()
    {
        static ulong[] Draw(int seed)
        {
            var entropy = Entropy.Seeded(seed);
            return [entropy.NextUInt64(), entropy.NextUInt32(), (ulong)entropy.Next(1000), entropy.NextUInt64()];
        }

        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    [Fact]
    public void Numbers_stay_below_the_bound_and_reach_both_ends()
    {
        var entropy = Entropy.Seeded(1);
        var drawn = Enumerable.Range(0, 1000).Select(_ => entropy.Next(10)).ToHashSet();

        Assert.Equal(Enumerable.Range(0, 10), drawn.Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => entropy.Next(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(200)]
    public void Ice_chars_are_letters_digits_plus_and_slash(int length)
    {
        foreach (var entropy in new[] { Entropy.System, Entropy.Seeded(3) })
        {
            var chars = entropy.NextIceChars(length);

            Assert.Equal(length, chars.Length);
            Assert.All(chars, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '+' or '/'));
        }
    }
}
