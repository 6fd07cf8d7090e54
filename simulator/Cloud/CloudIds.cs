using System.Security.Cryptography;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Ids as GoTo's samples look. Random, so that a simulator started anew does not repeat the ids of calls that a silo
/// has on record from before.
/// </summary>
internal static class CloudIds
{
    public static string New(string prefix, int bytes = 6) =>
        $"{prefix}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes))}";
}
