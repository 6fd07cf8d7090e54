using GoTo.Numbers;

namespace GoTo.Calls;

/// <summary>
/// The rules of a talk whose audio was lost, with its silo or by itself. GoTo renegotiates no call (resolution C3), but it
/// can pass the caller on: to the number that was called, where the call rings anew and a silo that lives answers it; else to
/// the number's fallback. Who can be sent nowhere is hung up: nobody is left in silence. Pure.
/// </summary>
internal static class RescueRules
{
    /// <summary>The command that brings a caller back to the number that was called. No service can have this id.</summary>
    public static readonly CommandId ReturnId = new($"{OperationRules.OwnIds}return");

    /// <summary>The command that passes a caller on to the number's fallback instead.</summary>
    public static readonly CommandId ElsewhereId = new($"{OperationRules.OwnIds}elsewhere");

    /// <summary>What else has to happen, after these events have.</summary>
    public static IEnumerable<CallEvent> After(CallState before, IReadOnlyList<CallEvent> events, DateTimeOffset now)
    {
        if (before.MediaFailures == 0 && !events.Any(happened => happened is MediaFailed)) return [];
        var state = events.Aggregate(before, (s, e) => s.Apply(new CallJournalEntry(s.Version + 1, now, e)));
        if (!IsAdrift(state)) return [];
        return Target(state) is var (id, target)
            ? [new CommandAccepted(id, new CallOperation.BlindTransfer(target))]
            : [new HangUpIntended(HangUpReason.Normal, CallDecision.Cluster)];
    }

    /// <summary>
    /// Connected with us, and we have no audio for it. Not while GoTo passes it on already, and not while a transfer has it on
    /// hold: there GoTo's music plays, and the transfer may still bring it to somebody.
    /// </summary>
    private static bool IsAdrift(CallState state) =>
        state is
        {
            Phase: CallPhase.Connected, IsOurs: true, AnswerAttempts: > 0, MediaFailures: > 0, MediaOpen: false, FallbackTarget: null,
            IsLeaving: false, HangUp: RequestProgress.None,
        }
        && !(state.ClaimedBy is not null && state.WillBeOnHold);

    /// <summary>Each way is tried once. Back to the number only if there was a talk: a call that never had audio would come back for ever.</summary>
    private static (CommandId, string)? Target(CallState state) => state switch
    {
        { Direction: CallDirection.Outbound } => null,
        { CallerHeard: true, AgentHeard: true } when state.Command(ReturnId) is null && PhoneNumber.TryParse(state.To, out var number) =>
            (ReturnId, $"tel:{number}"),
        { Registration.Fallback: { } fallback } when state.Command(ElsewhereId) is null => (ElsewhereId, fallback),
        _ => null,
    };
}
