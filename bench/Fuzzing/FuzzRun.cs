namespace GoTo.Bench.Fuzzing;

/// <summary>Feeds a parser mutated inputs.</summary>
internal static class FuzzRun
{
    // The runtime allocates for itself while it compiles the parser.
    private const int Warm = 2_000;

    /// <summary>Feeds so many inputs.</summary>
    /// <param name="target">The parser.</param>
    /// <param name="seed">What all inputs follow from.</param>
    /// <param name="inputs">How many.</param>
    /// <param name="first">The number of the first.</param>
    /// <returns>The most bytes that an input allocated.</returns>
    /// <exception cref="FuzzFailureException">An exception escaped, or too much was allocated.</exception>
    public static long Feed(FuzzTarget target, ulong seed, long inputs, long first = 0)
    {
        var mutator = new Mutator(target.Seeds, target.MaxLength);
        for (var i = 0; i < Warm; i++)
            Feed(target, mutator, seed, i, checkAllocation: false);
        var most = 0L;
        for (var i = first; i < first + inputs; i++)
            most = Math.Max(most, Feed(target, mutator, seed, i, checkAllocation: true));
        return most;
    }

    private static long Feed(FuzzTarget target, Mutator mutator, ulong seed, long index, bool checkAllocation)
    {
        var allocated = Once();
        // Once more, should a later tier of the compiler have come in between.
        if (checkAllocation && allocated > target.MaxAllocation && (allocated = Once()) > target.MaxAllocation)
            throw Failure($"allocates {allocated} bytes; {target.MaxAllocation} are allowed", null);
        return allocated;

        long Once()
        {
            var input = mutator.Make(seed, index);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                target.Feed(input);
            }
            catch (Exception e)
            {
                throw Failure("throws", e);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        FuzzFailureException Failure(string what, Exception? cause) => new(
            $"{target.Name} {what}. Again: bench -- fuzz --parser {target.Name} --seed {seed} --first {index} "
            + $"--inputs 1. The input: {Convert.ToHexStringLower(mutator.Make(seed, index))}",
            cause);
    }
}

/// <summary>A parser did not take an input as it should; the message tells how to see it again.</summary>
internal sealed class FuzzFailureException(string message, Exception? cause) : Exception(message, cause);
