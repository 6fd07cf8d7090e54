using System.Text.RegularExpressions;

namespace GoTo.Records;

/// <summary>Phone numbers as the policy wants them in records: in fields, dial strings and sentences alike.</summary>
internal static partial class NumberMask
{
    public static string Apply(this NumberPolicy policy, string text) => policy is NumberPolicy.Full
        ? text
        : LongDigits().Replace(text, number => $"{number.Value[..3]}…{number.Value[^2..]}");

    /// <summary>Extensions are shorter, and are no secret. Digits within an id, or after a slash, are no number.</summary>
    [GeneratedRegex(@"(?<![0-9A-Za-z_/-])\+?[0-9]{7,15}(?![0-9A-Za-z_-])")]
    private static partial Regex LongDigits();
}
