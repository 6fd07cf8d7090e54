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

    [Fact]
    public async Task The_systems_bytes_never_come_again_on_any_thread_and_all_of_them_are_random()
    {
        var draws = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 1000).Select(i => Draw(12 + i)).ToArray())));

        var drawn = draws.SelectMany(draw => draw).ToArray();
        Assert.Equal(drawn.Length, drawn.Select(bytes => Convert.ToHexString(bytes[..12])).Distinct().Count());
        Assert.Equal(drawn.Length, drawn.Select(bytes => Convert.ToHexString(bytes[^12..])).Distinct().Count());

        static byte[] Draw(int length)
        {
            var bytes = new byte[length];
            Entropy.System.Fill(bytes);
            return bytes;
        }
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
