using GoTo.Api;

namespace GoTo.Accounts;

/// <summary>The GoTo accounts that the cluster serves; section <c>GoTo</c>.</summary>
public sealed class GoToSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GoTo";

    /// <summary>Accounts by a name of yours (no slash), as in <c>GoTo:Accounts:main:ClientId</c>. At least one.</summary>
    public Dictionary<string, GoToAccountOptions> Accounts { get; init; } = [];

    /// <summary>What is missing or wrong, one sentence each that names the setting; empty when usable.</summary>
    internal IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Accounts.Count == 0)
        {
            problems.Add($"{Section}:Accounts is missing: no GoTo account is configured. Set "
                + $"{Section}:Accounts:main:ClientId, :Username and :Password.");
        }
        foreach (var (name, account) in Accounts)
        {
            if (name.Contains('/', StringComparison.Ordinal)) problems.Add($"{Section}:Accounts:{name}: an account's name has no slash.");
            problems.AddRange(account.Validate($"{Section}:Accounts:{name}"));
        }
        return problems;
    }

    /// <summary>An account by its name.</summary>
    /// <exception cref="KeyNotFoundException">The configuration has no such account.</exception>
    public GoToAccountOptions Account(string name) => Accounts.TryGetValue(name, out var account)
        ? account
        : throw new KeyNotFoundException($"{Section}:Accounts has no account '{name}'. It has: {string.Join(", ", Accounts.Keys)}.");
}
