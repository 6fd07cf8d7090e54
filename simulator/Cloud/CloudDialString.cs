using System.Text.RegularExpressions;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// A dial string as the simulated cloud understands it (specification section 5.2.1): scheme and address.
/// </summary>
internal sealed partial record CloudDialString(string Scheme, string Address)
{
    public string Text => $"{Scheme}:{Address}";

    /// <summary>What replies and events show: a number without its scheme, else with it (section 4.2.2).</summary>
    public string Shown => Scheme == "tel" ? Address : Text;

    /// <exception cref="CloudRefusal">The text is no dial string.</exception>
    public static CloudDialString Parse(string? text)
    {
        var match = Shape().Match(text ?? "");
        if (!match.Success)
        {
            throw CloudRefusal.BadRequest(
                "'dialString' must be tel: with a number in E.164, ext: or voicemail: with an extension, or sip: with "
                + "user and host.", "INVALID_DIAL_STRING");
        }

        foreach (var scheme in new[] { "tel", "ext", "sip", "voicemail" })
        {
            if (match.Groups[scheme] is { Success: true } found)
                return new CloudDialString(scheme, found.Value);
        }

        var bare = match.Groups["bare"].Value;
        return new CloudDialString(bare[0] == '+' ? "tel" : "ext", bare);
    }

    [GeneratedRegex(
        @"\A(?:tel:(?<tel>\+[1-9][0-9]{6,14})|ext:(?<ext>[0-9]{2,8})|voicemail:(?<voicemail>[0-9]{2,8})"
        + @"|sip:(?<sip>[^@\s:]+@[^@\s]+)|(?<bare>\+[1-9][0-9]{6,14}|[0-9]{2,8}))\z")]
    private static partial Regex Shape();
}

/// <summary>What the far end of an outbound call does.</summary>
internal enum FarEnd
{
    /// <summary>Answers at once.</summary>
    Answers,

    /// <summary>Rings for a while, then answers.</summary>
    AnswersLater,

    /// <summary>Is busy.</summary>
    Busy,

    /// <summary>Never answers.</summary>
    NoAnswer,

    /// <summary>Refuses the call.</summary>
    Rejects,

    /// <summary>Has no such number.</summary>
    Invalid,

    /// <summary>Cannot be reached: the carrier fails.</summary>
    CarrierError,

    /// <summary>Answers, and hangs up soon.</summary>
    AnswersAndDrops,

    /// <summary>Answers and presses keys.</summary>
    SendsDtmf,
}

/// <summary>Which far end a number has: by its last two digits in the range kept for fiction, 555-01xx.</summary>
internal static partial class NumberClasses
{
    public static FarEnd Of(CloudDialString to) =>
        to.Scheme != "tel" || Fictional().Match(to.Address) is not { Success: true } match
            ? FarEnd.Answers
            : match.Groups[1].Value switch
            {
                "20" => FarEnd.AnswersLater,
                "21" => FarEnd.Busy,
                "22" => FarEnd.NoAnswer,
                "23" => FarEnd.Rejects,
                "24" => FarEnd.Invalid,
                "25" => FarEnd.CarrierError,
                "26" => FarEnd.AnswersAndDrops,
                "27" => FarEnd.SendsDtmf,
                _ => FarEnd.Answers,
            };

    [GeneratedRegex(@"\A\+1[0-9]{3}55501([0-9]{2})\z")]
    private static partial Regex Fictional();
}
