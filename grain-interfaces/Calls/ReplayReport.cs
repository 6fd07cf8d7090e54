namespace GoTo.Calls;

/// <summary>What came of deciding a call's journal again, by the rules of the silo that did it.</summary>
/// <param name="Key">Which call.</param>
/// <param name="Events">How many events were decided as they had been.</param>
/// <param name="DivergesAt">The version of the first event that would be decided differently; null when none would.</param>
/// <param name="Command">What the call was asked there.</param>
/// <param name="Was">What was decided then.</param>
/// <param name="WouldBe">What would be decided now.</param>
[GenerateSerializer, Immutable, Alias("call.replay-report")]
public sealed record ReplayReport(
    CallKey Key, int Events, long? DivergesAt = null, string? Command = null, string? Was = null, string? WouldBe = null);
