namespace GoTo.Calls;

/// <summary>
/// What of a call has to be stored before anything else happens, and what may wait a moment for company. An intent is stored
/// before its effect, and a command before its receipt; what GoTo tells again when it is asked, or what is done again without
/// harm, may go with the write that comes next: a crash before it is made up for by asking. Pure.
/// </summary>
internal static class WriteRules
{
    /// <param name="state">The call before it.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="events">What was decided.</param>
    public static bool MayWait(CallState state, CallCommand command, IReadOnlyList<CallEvent> events) =>
        !IsAwaited(command) && events.All(happened => MayWait(state, happened));

    /// <summary>Whether an effect may begin while what is decided is not stored: it is a look-up, repeats without harm, or stores its own intent.</summary>
    public static bool MayGoAhead(CallEffect effect) => effect
        is CallEffect.Reconcile or CallEffect.RouteNumber or CallEffect.Answer or CallEffect.CloseMedia or CallEffect.Record;

    /// <summary>Whoever asks builds on it, even if nothing new comes of it, or a refusal.</summary>
    private static bool IsAwaited(CallCommand command) =>
        command is CallCommand.Operate or CallCommand.Claim or CallCommand.Release or CallCommand.Dial;

    private static bool MayWait(CallState state, CallEvent happened) => happened switch
    {
        // The event channel has stored that it lives, and sees to it that it is asked for.
        Rang => true,
        RoomJoined or AgentReady or Greeted or MediaClosed or RecordWritten => true,
        AnswerAccepted or Connected or Held or Resumed or HoldConfirmed or Transferred or HangUpAccepted => true,
        Muted or Unmuted => true,
        CommandTaken e => state.Command(e.Id) is { IsTransfer: true },
        CommandSettled { Outcome: { IsDone: true } outcome } => state.Command(outcome.Id) is { MustNotRepeat: false } or { IsTransfer: true },
        _ => false,
    };
}
