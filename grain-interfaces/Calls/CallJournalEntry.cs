namespace GoTo.Calls;

/// <summary>One line of a call's journal.</summary>
/// <param name="Version">Its place: 1 for the first event of the call, without gaps.</param>
/// <param name="At">When the cluster took it in.</param>
/// <param name="Event">What happened.</param>
[GenerateSerializer, Immutable, Alias("call.journal-entry")]
public sealed record CallJournalEntry(long Version, DateTimeOffset At, CallEvent Event);
