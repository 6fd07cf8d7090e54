namespace GoTo.Simulator.Rooms;

/// <summary>
/// Video m-lines of a client's offer. The engine knows audio only and refuses them; a browser takes an m-line that is
/// refused for something else, in the midst of what it negotiates next, and livekit-client does not expect that. As
/// LiveKit's own server does, they are kept open, and nothing is sent on them.
/// </summary>
internal static class VideoLines
{
    private static readonly string[] Transport = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:"];
    private static readonly string[] Formats = ["a=rtpmap:", "a=fmtp:"];

    /// <summary>The answer, with the offer's video lines accepted and inactive.</summary>
    public static string KeepOpen(string offer, string answer)
    {
        var offered = Sections(offer);
        var answered = Sections(answer);
        var open = answered.Skip(1).First(section => !IsRefused(section));
        for (var i = 1; i < answered.Count; i++)
        {
            if (!offered[i][0].StartsWith("m=video ", StringComparison.Ordinal) || IsRefused(offered[i]))
                continue;
            answered[i] =
            [
                offered[i][0], "c=IN IP4 0.0.0.0", .. With(offered[i], "a=mid:"), .. With(open, Transport), "a=inactive",
                "a=rtcp-mux", .. With(offered[i], Formats),
            ];
        }
        var group = answered[0].FindIndex(line => line.StartsWith("a=group:BUNDLE", StringComparison.Ordinal));
        if (group >= 0)
        {
            var mids = answered.Skip(1).Where(section => !IsRefused(section)).SelectMany(section => With(section, "a=mid:"));
            answered[0][group] = string.Join(' ', ["a=group:BUNDLE", .. mids.Select(line => line[6..])]);
        }
        return string.Concat(answered.SelectMany(section => section).Select(line => line + "\r\n"));
    }

    private static IEnumerable<string> With(List<string> section, params string[] starts) =>
        section.Where(line => starts.Any(start => line.StartsWith(start, StringComparison.Ordinal)));

    private static bool IsRefused(List<string> section) => section[0].Split(' ')[1] == "0";

    // The session's lines first, then each m-line's.
    private static List<List<string>> Sections(string sdp)
    {
        var sections = new List<List<string>> { new() };
        foreach (var line in sdp.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("m=", StringComparison.Ordinal))
                sections.Add([]);
            sections[^1].Add(line);
        }
        return sections;
    }
}
