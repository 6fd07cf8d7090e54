using System.Text;
using System.Text.RegularExpressions;
using GoTo.Api;

namespace GoTo.Numbers;

/// <summary>What a registration may say. Pure: each fault is a sentence that begins with the field's name.</summary>
internal static partial class RegistrationRules
{
    public const int MostNextAgents = 8;
    public const int LongestGreeting = 1000;
    public const int MostConcurrentCalls = 10_000;
    public const int MostMetadataEntries = 32;
    public const int MostMetadataBytes = 4096;

    public static readonly TimeSpan LongestAgentTimeout = TimeSpan.FromMinutes(2);

    private const int LongestName = 100;

    public static IReadOnlyList<string> Problems(NumberRegistration registration) => [.. Faults(registration)];

    private static IEnumerable<string> Faults(NumberRegistration r)
    {
        if (!Name().IsMatch(r.Tenant))
            yield return "Tenant must have 1 to 64 letters, digits, dots, hyphens or underscores.";
        if (r.Agents.Any(agent => !AgentName().IsMatch(agent)))
            yield return $"Agent must be a name of 1 to {LongestName} printable characters without blanks at its ends, NextAgents too.";
        if (r.NextAgents.Count > MostNextAgents) yield return $"NextAgents may be at most {MostNextAgents}.";
        if (r.Agents.Distinct(StringComparer.Ordinal).Count() <= r.NextAgents.Count) yield return "NextAgents must not name an agent twice.";
        if (r.AgentTimeout <= TimeSpan.Zero || r.AgentTimeout > LongestAgentTimeout)
            yield return $"AgentTimeout must be longer than zero and at most {LongestAgentTimeout.TotalMinutes:0} minutes.";
        if (r.LineId is { } line && !LineId().IsMatch(line)) yield return "LineId must be 1 to 100 characters without blanks, or be left out.";
        if (r.Greeting?.Length > LongestGreeting) yield return $"Greeting may have at most {LongestGreeting} characters.";
        if (r.Language is { } language && !LanguageTag().IsMatch(language))
            yield return "Language must be a BCP 47 tag such as en or de-AT, or be left out.";
        if (r.Fallback is { } fallback && !DialString.TryParse(fallback, out _, out var problem)) yield return $"Fallback: {problem}";
        if (r.ConcurrentCalls is < 1 or > MostConcurrentCalls)
            yield return $"ConcurrentCalls must be 1 to {MostConcurrentCalls}, or be left out.";
        if (RoomNameFault(r.RoomName) is { } fault) yield return fault;
        if (MetadataFault(r.Metadata) is { } tooMuch) yield return tooMuch;
        if (r.EarlyGreeting is { } early && !AnnouncementName().IsMatch(early))
            yield return "EarlyGreeting must be the name of an announcement, 1 to 64 letters, digits, '-' and '_', or be left out.";
        if (r.AgentLoss.ReturnTimeout < TimeSpan.Zero || r.AgentLoss.ReturnTimeout > LongestAgentTimeout)
            yield return $"AgentLoss: ReturnTimeout must be zero to {LongestAgentTimeout.TotalMinutes:0} minutes.";
        if (r.AgentLoss.Announcement is { } away && !AnnouncementName().IsMatch(away))
            yield return "AgentLoss: Announcement must be the name of an announcement, 1 to 64 letters, digits, '-' and '_', or be left out.";
        foreach (var roomFault in RoomFaults(r.Room)) yield return roomFault;
    }

    private static string? RoomNameFault(string name)
    {
        if (!name.Contains("{call}", StringComparison.Ordinal)) return "RoomName must contain {call}: every call needs a room of its own.";
        return RoomTemplate().IsMatch(name)
            ? null
            : "RoomName may have at most 100 letters, digits, dots, hyphens, underscores, and {call}, {tenant}, {agent}.";
    }

    private static IEnumerable<string> RoomFaults(RoomPolicy room)
    {
        if (Encoding.UTF8.GetByteCount(room.Metadata ?? "") > MostMetadataBytes)
            yield return $"Room: Metadata may have at most {MostMetadataBytes} bytes.";
        if (!IsTimeout(room.EmptyTimeout)) yield return "Room: EmptyTimeout must be whole seconds, 1 s to 1 h.";
        if (!IsTimeout(room.DepartureTimeout)) yield return "Room: DepartureTimeout must be whole seconds, 1 s to 1 h.";
        if (!AgentName().IsMatch(room.ParticipantName))
            yield return $"Room: ParticipantName must have 1 to {LongestName} printable characters without blanks at its ends.";
        if (!Enum.IsDefined(room.Dtmf)) yield return $"Room: Dtmf must be {string.Join(", ", Enum.GetNames<DtmfPolicy>())}.";

        static bool IsTimeout(TimeSpan time) =>
            time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromHours(1) && time.Ticks % TimeSpan.TicksPerSecond == 0;
    }

    private static string? MetadataFault(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count > MostMetadataEntries) return $"Metadata may have at most {MostMetadataEntries} entries.";
        if (metadata.Keys.Any(key => key.Length is 0 or > LongestName)) return $"Metadata needs keys of 1 to {LongestName} characters.";
        var bytes = metadata.Sum(entry => Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value));
        return bytes > MostMetadataBytes ? $"Metadata has {bytes} bytes; at most {MostMetadataBytes} are allowed." : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(?! )[^\p{C}]{1,100}(?<! )\z")]
    private static partial Regex AgentName();

    [GeneratedRegex(@"\A[^\s\p{C}]{1,100}\z")]
    private static partial Regex LineId();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex AnnouncementName();

    [GeneratedRegex(@"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\z")]
    private static partial Regex LanguageTag();

    [GeneratedRegex(@"\A(?=.{1,100}\z)([A-Za-z0-9._-]|\{call\}|\{tenant\}|\{agent\})+\z")]
    private static partial Regex RoomTemplate();
}
