namespace GoTo.Numbers;

/// <summary>The numbers that the cluster knows from the start; <c>GoTo:Numbers</c>.</summary>
public sealed class NumberSettings
{
    /// <summary>The configuration section that the numbers are in.</summary>
    public const string Section = "GoTo";

    /// <summary>Numbers that are known from the start. What is registered or released through the client overrules them.</summary>
    public IList<NumberSetting> Numbers { get; init; } = [];

    /// <summary>What is wrong, one sentence each that names the setting; empty when usable.</summary>
    internal IReadOnlyList<string> Validate() =>
        [.. Numbers.SelectMany((number, i) => number.Validate($"{Section}:{nameof(Numbers)}:{i}"))];

    /// <summary>What the configuration says of a number in E.164 form; null when nothing.</summary>
    internal NumberRegistration? Number(string number) =>
        Numbers.FirstOrDefault(n => PhoneNumber.TryParse(n.Number, out var own) && own.ToString() == number)?.Registration;

    /// <summary>The numbers that the configuration gives a tenant, in E.164 form.</summary>
    internal IEnumerable<string> NumbersOf(string tenant) =>
        Numbers.Where(number => number.Tenant == tenant).Select(number => PhoneNumber.Parse(number.Number).ToString());
}
