using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace GoTo.Api;

/// <summary>What a <see cref="DialString"/> leads to.</summary>
public enum DialTarget
{
    /// <summary>A phone number: <c>tel:</c>.</summary>
    Telephone,

    /// <summary>An extension of the account: <c>ext:</c>.</summary>
    Extension,

    /// <summary>A SIP address: <c>sip:</c>.</summary>
    Sip,

    /// <summary>An extension's voicemail: <c>voicemail:</c>.</summary>
    Voicemail,
}

/// <summary>
/// Whom to call or to transfer to (specification section 5.2.1, decision C20): <c>tel:+15551234567</c>,
/// <c>ext:1001</c>, <c>sip:user@example.com</c>, <c>voicemail:1001</c>, or a bare E.164 number or extension. Two texts
/// that lead to one place are equal.
/// </summary>
public sealed partial record DialString
{
    private const int LongestText = 256;

    private DialString(DialTarget target, string address)
    {
        Target = target;
        Address = address;
    }

    /// <summary>What kind of place it leads to.</summary>
    public DialTarget Target { get; }

    /// <summary>
    /// The place without its scheme: a number in E.164, an extension's digits, or <c>user@host</c>.
    /// </summary>
    public string Address { get; }

    /// <summary>Reads a dial string.</summary>
    /// <exception cref="DialStringException">It is none; the message says what is wrong with it.</exception>
    public static DialString Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var dialString, out var problem)
            ? dialString
            : throw new DialStringException(problem);
    }

    /// <summary>Reads a dial string, or says in a sentence what is wrong with it (never quoting the number).</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out DialString? dialString, [NotNullWhen(false)] out string? problem)
    {
        text = text?.Trim();
        (dialString, problem) = string.IsNullOrEmpty(text)
            ? (null, "A dial string is empty: give a number such as tel:+15551234567 or an extension such as ext:1001.")
            : text.Length > LongestText
                ? (null, $"A dial string is longer than {LongestText} characters.")
                : Read(text);
        return dialString is not null;
    }

    /// <summary>The dial string as GoTo takes it, with its scheme.</summary>
    public override string ToString() => Target switch
    {
        DialTarget.Telephone => "tel:" + Address,
        DialTarget.Extension => "ext:" + Address,
        DialTarget.Sip => "sip:" + Address,
        _ => "voicemail:" + Address,
    };

    private static (DialString? DialString, string? Problem) Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return Extension().IsMatch(text) ? (new(DialTarget.Extension, text), null) : Telephone(text);
        var rest = text[(colon + 1)..];
        return text[..colon].ToLowerInvariant() switch
        {
            "tel" => Telephone(rest),
            "ext" when Extension().IsMatch(rest) => (new(DialTarget.Extension, rest), null),
            "ext" => (null, "After 'ext:' there must be the 2 to 8 digits of an extension, such as ext:1001."),
            "voicemail" when Extension().IsMatch(rest) => (new(DialTarget.Voicemail, rest), null),
            "voicemail" =>
                (null, "After 'voicemail:' there must be the 2 to 8 digits of an extension, such as voicemail:1001."),
            "sip" when SipAddress().IsMatch(rest) => (new(DialTarget.Sip, WithLowerHost(rest)), null),
            "sip" => (null, "After 'sip:' there must be a user and a host, such as sip:user@example.com."),
            _ => (null,
                "A dial string must begin with tel:, ext:, sip: or voicemail:, or be a bare number or extension."),
        };
    }

    // RFC 3966 section 5.1.1: visual separators mean nothing.
    private static (DialString? DialString, string? Problem) Telephone(string number)
    {
        var bare = Separators().Replace(number, "");
        return E164().IsMatch(bare)
            ? (new(DialTarget.Telephone, bare), null)
            : (null, "A phone number must be in E.164: '+', the country code and the number, "
                + "7 to 15 digits in all, such as tel:+15551234567.");
    }

    private static string WithLowerHost(string address)
    {
        var at = address.LastIndexOf('@');
        return address[..at] + address[at..].ToLowerInvariant();
    }

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z")]
    private static partial Regex E164();

    [GeneratedRegex(@"\A[0-9]{2,8}\z")]
    private static partial Regex Extension();

    [GeneratedRegex(@"[\s().-]")]
    private static partial Regex Separators();

    // A user and a host name or address with an optional port; no headers or parameters, which could redirect a call.
    [GeneratedRegex(
        @"\A[A-Za-z0-9_.!~*'()&=+$,/%-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?(?::[0-9]{1,5})?\z")]
    private static partial Regex SipAddress();
}

/// <summary>A text is no dial string. The message says why and shows a right one; it never quotes the number.</summary>
public sealed class DialStringException : FormatException
{
    internal DialStringException(string problem)
        : base(problem)
    {
    }
}
