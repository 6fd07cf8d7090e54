namespace GoTo.Calls;

/// <summary>One line of a call's journal.</summary>
/// <param name="Version">Its place: 1 for the first event of the call, without gaps.</param>
/// <param name="At">When the cluster took it in.</param>
/// <param name="Event">What happened.</param>
[GenerateSerializer, Immutable, Alias("call.journal-entry")]
public sealed record CallJournalEntry(long Version, DateTimeOffset At, CallEvent Event)
{
    /// <summary>Who made it happen: a service's name as it gave it, <c>goto</c> for GoTo's events, <c>cluster</c> for our own doing.</summary>
    [Id(0)] public string Actor { get; init; } = "cluster";

    /// <summary>What it came of: a command's id or the id of GoTo's event; null when it has none.</summary>
    [Id(1)] public string? Cause { get; init; }
}
