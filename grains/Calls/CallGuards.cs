namespace GoTo.Calls;

/// <summary>
/// The time limits of a call: which one comes next, and what is done when it is reached. Pure; the settings decide only
/// when, so that a journal is decided the same whatever they are by then.
/// </summary>
internal static class CallGuards
{
    /// <summary>After how long the media engine tells that a phone is silent.</summary>
    public static readonly TimeSpan Noticed = TimeSpan.FromSeconds(10);

    /// <summary>How long GoTo's <c>call.ended</c> may take after its <c>call.transferred</c>; then we end it ourselves (C9).</summary>
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(15);

    public static (TimeLimit Limit, DateTimeOffset At)? Next(CallState state, CallSettings settings)
    {
        var next = OfCall(state, settings);
        return AgentRules.Due(state) is { } due && (next is null || due < next.Value.At) ? (TimeLimit.AgentReturn, due) : next;
    }

    private static (TimeLimit Limit, DateTimeOffset At)? OfCall(CallState state, CallSettings settings) => state switch
    {
        { Phase: CallPhase.Initial or CallPhase.Ended } => null,
        { TransferredAt: { } since } => (TimeLimit.Leaving, since + LongestLeave),
        { HangUp: not RequestProgress.None } => null,
        { Phase: CallPhase.Dialing } => (TimeLimit.Ringing, state.CreatedAt + state.RingTimeout),
        { Phase: CallPhase.Ringing or CallPhase.Offering } => (TimeLimit.Ringing, state.CreatedAt + settings.LongestRing),
        { IsOurs: false } => null,
        { SilentSince: { } since, OnHold: false } when Silence(state, since, settings) is var silence && silence.At < EndOf(state, settings) => silence,
        _ => (TimeLimit.Duration, EndOf(state, settings)),
    };

    public static CallDecision Reached(CallState state, TimeLimit limit) => (limit, state) switch
    {
        (TimeLimit.Leaving, { Transferred: true }) => new CallDecision([.. CallDecision.Over(state, EndReason.Transfer, TimeSpan.Zero)], null),
        (TimeLimit.Ringing, { Phase: CallPhase.Ringing or CallPhase.Offering }) => GiveUp(state, limit, HangUpReason.Busy),
        (TimeLimit.Ringing, { Phase: CallPhase.Dialing }) => GiveUp(state, limit, HangUpReason.Normal),
        (TimeLimit.Duration, { Phase: CallPhase.Connected, IsOurs: true }) => GiveUp(state, limit, HangUpReason.Normal),
        (TimeLimit.SilenceWarning, { Phase: CallPhase.Connected, SilentSince: not null, OnHold: false, WarnedOfSilence: false }) =>
            CallDecision.Happened(new AudioMissing()),
        (TimeLimit.Silence, { Phase: CallPhase.Connected, SilentSince: not null, OnHold: false }) => GiveUp(state, limit, HangUpReason.Normal),
        _ => CallDecision.Nothing,
    };

    private static CallDecision GiveUp(CallState state, TimeLimit limit, HangUpReason reason) => state.IsHangingUp
        ? CallDecision.Nothing
        : CallDecision.HappenedAndRefused(state, new TimeLimitReached(limit), reason);

    private static (TimeLimit Limit, DateTimeOffset At) Silence(CallState state, DateTimeOffset since, CallSettings settings) =>
        state.WarnedOfSilence ? (TimeLimit.Silence, since + settings.LongestSilence) : (TimeLimit.SilenceWarning, since + settings.SilenceWarning);

    private static DateTimeOffset EndOf(CallState state, CallSettings settings) => (state.AnsweredAt ?? state.CreatedAt) + settings.LongestCall;
}
