using System.Security.Cryptography;
using System.Text;
using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>
/// The ids of the commands that a transfer or conference gives to its calls: they follow from its key, so that a step that
/// is done again, whenever and wherever, is the same command.
/// </summary>
internal static class DerivedId
{
    /// <param name="key">The key of the transfer or conference.</param>
    /// <param name="step">Which step of it.</param>
    /// <param name="attempt">Which attempt, for steps that may be tried again after they have failed.</param>
    public static CommandId Of(string key, string step, int attempt = 1)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return new CommandId($"{step}-{attempt}-{hash[..32]}");
    }
}
