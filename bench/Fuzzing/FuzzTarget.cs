namespace GoTo.Bench.Fuzzing;

/// <summary>A parser of what comes from the network.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="Seeds">Valid inputs to begin with.</param>
/// <param name="MaxLength">The longest input.</param>
/// <param name="MaxAllocation">The most that one input may allocate, in bytes.</param>
/// <param name="Feed">Parses an input; refusals that are documented are no failure, any other exception is.</param>
internal sealed record FuzzTarget(
    string Name, IReadOnlyList<byte[]> Seeds, int MaxLength, long MaxAllocation, FuzzFeed Feed);

/// <summary>Parses an input, which may be changed in place.</summary>
internal delegate void FuzzFeed(Span<byte> input);
