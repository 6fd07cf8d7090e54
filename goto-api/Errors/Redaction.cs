using System.Text.RegularExpressions;

namespace GoTo.Api;

/// <summary>Takes secrets out of text that came from outside before it may reach an exception or a log.</summary>
internal static partial class Redaction
{
    private const string Mark = "[redacted]";
    private const int LongestText = 300;

    /// <summary>Replaces the given secrets and whatever has the shape of a token, and bounds the length.</summary>
    public static string? Scrub(string? text, params ReadOnlySpan<string?> secrets)
    {
        if (string.IsNullOrEmpty(text))
            return text;
        foreach (var secret in secrets)
        {
            if (!string.IsNullOrEmpty(secret))
                text = text.Replace(secret, Mark, StringComparison.Ordinal);
        }

        text = TokenShape().Replace(text, Mark);
        text = NamedSecret().Replace(text, $"$1$2{Mark}");
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    // JSON Web Tokens, and the value after the word Bearer or Basic.
    [GeneratedRegex(@"eyJ[\w-]{5,}(\.[\w-]*)*|(?<=\b(Bearer|Basic)\s)[\w.~+/=-]{8,}", RegexOptions.None, 200)]
    private static partial Regex TokenShape();

    // password=…, "access_token":"…", token=… in queries, forms and JSON.
    [GeneratedRegex(
        @"(?i)(token|password|secret|authorization)([""']?\s*[=:]\s*[""']?)[^\s""'&,}]+",
        RegexOptions.None, 200)]
    private static partial Regex NamedSecret();
}
