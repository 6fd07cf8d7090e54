using System.Security.Cryptography;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Ids as GoTo's samples look, and chances. Without a seed they are random, so that a simulator started anew does not
/// repeat the ids of calls that a silo has on record from before; with one, every run is the same.
/// </summary>
internal sealed class CloudIds(int? seed)
{
    private readonly Lock _gate = new();
    private readonly Random _chance = seed is { } known ? new Random(known) : new Random();
    private readonly Dictionary<string, Random> _sequences = [];

    public string New(string prefix, int bytes = 6)
    {
        var random = new byte[bytes];
        if (seed is null)
        {
            // Tokens are among them.
            RandomNumberGenerator.Fill(random);
        }
        else
        {
            lock (_gate)
                Sequence(prefix).NextBytes(random);
        }

        return $"{prefix}_{Convert.ToHexStringLower(random)}";
    }

    /// <summary>
    /// Each kind of id has a sequence of its own: how many tokens clients ask for does not change the calls' ids.
    /// </summary>
    private Random Sequence(string prefix)
    {
        if (!_sequences.TryGetValue(prefix, out var sequence))
        {
            var hash = prefix.Aggregate(seed!.Value, (sum, letter) => unchecked((sum * 31) + letter));
            _sequences[prefix] = sequence = new Random(hash);
        }

        return sequence;
    }

    /// <summary>Whether something of this probability happens this time.</summary>
    public bool Happens(double probability)
    {
        // No draw for what never happens: a fault that is off leaves a seeded run as it was.
        if (probability <= 0)
            return false;
        lock (_gate)
            return _chance.NextDouble() < probability;
    }
}
