using GoTo.Api;
using GoTo.Numbers;

namespace GoTo.Accounts;

/// <summary>The GoTo accounts that the cluster serves, and the numbers it knows from the start; section <c>GoTo</c>.</summary>
public sealed class GoToSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GoTo";

    /// <summary>Accounts by a name of yours (no slash), as in <c>GoTo:Accounts:main:ClientId</c>. At least one.</summary>
    public Dictionary<string, GoToAccountOptions> Accounts { get; init; } = [];

    /// <summary>Numbers that are known from the start. What is registered or released through the client overrules them.</summary>
    public IList<NumberSetting> Numbers { get; init; } = [];

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
        for (var i = 0; i < Numbers.Count; i++) problems.AddRange(Numbers[i].Validate($"{Section}:Numbers:{i}"));
        return problems;
    }

    /// <summary>What the configuration says of a number in E.164 form; null when nothing.</summary>
    internal NumberRegistration? Number(string number) =>
        Numbers.FirstOrDefault(n => PhoneNumber.TryParse(n.Number, out var own) && own.ToString() == number)?.Registration;

    /// <summary>The numbers that the configuration gives a tenant, in E.164 form.</summary>
    internal IEnumerable<string> NumbersOf(string tenant) =>
        Numbers.Where(number => number.Tenant == tenant).Select(number => PhoneNumber.Parse(number.Number).ToString());

    /// <summary>An account by its name.</summary>
    /// <exception cref="KeyNotFoundException">The configuration has no such account.</exception>
    public GoToAccountOptions Account(string name) => Accounts.TryGetValue(name, out var account)
        ? account
        : throw new KeyNotFoundException($"{Section}:Accounts has no account '{name}'. It has: {string.Join(", ", Accounts.Keys)}.");
}
