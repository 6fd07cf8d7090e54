using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>What a service asks for when it transfers a caller warm (specification section 5.2.2).</summary>
/// <param name="Target">Whom the caller is to talk with: <c>tel:</c>, <c>ext:</c>, <c>sip:</c> or <c>voicemail:</c>.</param>
[GenerateSerializer, Immutable, Alias("transfer.request")]
public sealed record WarmTransferRequest(string Target)
{
    /// <summary>
    /// The name of an announcement that is played to the target instead of a briefing by the agent; the transfer is
    /// completed when it has been played. Null: the agent speaks, and a service says when the briefing is over.
    /// </summary>
    [Id(0)] public string? Announcement { get; init; }

    /// <summary>How long the target's phone may ring. 30 s unless set (resolution C12).</summary>
    [Id(1)] public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the briefing may take while the caller waits on hold. 2 min unless set.</summary>
    [Id(2)] public TimeSpan BriefingLimit { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>What came of a warm transfer.</summary>
/// <param name="Result">In one word.</param>
/// <param name="Detail">Why, in words for an operator; null when it is completed.</param>
/// <param name="Consult">The consult call; null when none was placed.</param>
[GenerateSerializer, Immutable, Alias("transfer.outcome")]
public sealed record TransferOutcome(TransferResult Result, string? Detail, CallKey? Consult);

/// <summary>A warm transfer as it stands now.</summary>
/// <param name="Key">Which transfer.</param>
/// <param name="Version">The version of the newest journal entry that this snapshot contains.</param>
/// <param name="Phase">How far it has come.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Consult">The consult call, once it is placed.</param>
/// <param name="Outcome">What came of it; null while it is under way.</param>
[GenerateSerializer, Immutable, Alias("transfer.snapshot")]
public sealed record TransferSnapshot(
    TransferKey Key, long Version, TransferPhase Phase, WarmTransferRequest Request, CallKey? Consult, TransferOutcome? Outcome);
