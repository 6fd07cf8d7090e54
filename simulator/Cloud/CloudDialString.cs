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
