namespace GoTo.Numbers;

/// <summary>A telephone number in E.164 form: <c>+</c>, then 7 to 15 digits, the first not zero.</summary>
[GenerateSerializer, Immutable, Alias("number")]
public readonly record struct PhoneNumber
{
    private const int FewestDigits = 7;
    private const int MostDigits = 15;

    private PhoneNumber(string value) => Value = value;

    [Id(0)] private string Value { get; init; }

    /// <summary>Reads an E.164 number; blanks, dots, hyphens and parentheses between the digits are skipped.</summary>
    /// <exception cref="FormatException">The text is not a number in E.164 form.</exception>
    public static PhoneNumber Parse(string text) => TryParse(text, out var number)
        ? number
        : throw new FormatException(
            "Not an E.164 number. Write + and the country code, then the number, as in +15559876543.");

    /// <summary>Reads an E.164 number; false when the text is not one.</summary>
    public static bool TryParse(string? text, out PhoneNumber number)
    {
        number = default;
        if (text is null || !text.StartsWith('+')) return false;
        Span<char> digits = stackalloc char[MostDigits];
        var count = 0;
        foreach (var c in text.AsSpan(1))
        {
            if (c is ' ' or '.' or '-' or '(' or ')') continue;
            if (!char.IsAsciiDigit(c) || count == MostDigits) return false;
            digits[count++] = c;
        }
        if (count < FewestDigits || digits[0] == '0') return false;
        number = new PhoneNumber($"+{digits[..count]}");
        return true;
    }

    /// <summary>The number with only its first three and last two characters, for logs and pages.</summary>
    public string Masked => Value is null ? "" : $"{Value[..3]}…{Value[^2..]}";

    /// <summary>The number in E.164 form.</summary>
    public override string ToString() => Value ?? "";
}
