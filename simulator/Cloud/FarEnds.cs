using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GoTo.Simulator.Cloud;

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

    /// <summary>Is a voice mailbox, which answers at once.</summary>
    Voicemail,
}

/// <summary>What each far end does: as its number says, unless it was told otherwise.</summary>
internal sealed class FarEnds
{
    /// <summary>What one presses that presses keys.</summary>
    public const string Keys = "123#";

    private static readonly Dictionary<string, FarEnd> Words = new(StringComparer.Ordinal)
    {
        ["answers"] = FarEnd.Answers, ["answers-later"] = FarEnd.AnswersLater, ["busy"] = FarEnd.Busy,
        ["no-answer"] = FarEnd.NoAnswer, ["rejects"] = FarEnd.Rejects, ["invalid"] = FarEnd.Invalid,
        ["carrier-error"] = FarEnd.CarrierError, ["drops"] = FarEnd.AnswersAndDrops, ["dtmf"] = FarEnd.SendsDtmf,
        ["voicemail"] = FarEnd.Voicemail,
    };

    private readonly ConcurrentDictionary<string, FarEnd> _told = new(StringComparer.Ordinal);

    public FarEnd Of(CloudDialString to) => _told.TryGetValue(to.Text, out var told) ? told : NumberClasses.Of(to);

    /// <summary>From now on calls to <c>to</c> find a far end that <c>does</c> this.</summary>
    /// <exception cref="CloudRefusal">It is no dial string, or none of the known words.</exception>
    public void Tell(JsonObject body)
    {
        var (to, does) = Read(body);
        _told[to.Text] = does;
    }

    /// <exception cref="CloudRefusal">It is no dial string, or none of the known words.</exception>
    public static (CloudDialString To, FarEnd Does) Read(JsonObject body) => (
        CloudDialString.Parse(body.Text("to")),
        body.Text("does") is { } word && Words.TryGetValue(word, out var does)
            ? does
            : throw CloudRefusal.BadRequest($"'does' must be one of {string.Join(", ", Words.Keys)}."));
}

/// <summary>Which far end a number has: by its last two digits in the range kept for fiction, 555-01xx.</summary>
internal static partial class NumberClasses
{
    public static FarEnd Of(CloudDialString to) => to.Scheme == "voicemail" ? FarEnd.Voicemail
        : to.Scheme != "tel" || Fictional().Match(to.Address) is not { Success: true } match
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
                "28" => FarEnd.Voicemail,
                _ => FarEnd.Answers,
            };

    [GeneratedRegex(@"\A\+1[0-9]{3}55501([0-9]{2})\z")]
    private static partial Regex Fictional();
}
