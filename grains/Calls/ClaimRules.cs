namespace GoTo.Calls;

/// <summary>
/// The rules of a claim: while a transfer or a conference works with a call, nobody else takes it off hold or passes it on.
/// Hanging up is always free. Pure.
/// </summary>
internal static class ClaimRules
{
    public static CallDecision Claim(CallState state, CallCommand.Claim command)
    {
        if (state.ClaimedBy == command.By) return CallDecision.Nothing;
        if (state.ClaimedBy is { } other) return CallDecision.Refused($"{other} is under way with it");
        return state switch
        {
            { Phase: not (CallPhase.Dialing or CallPhase.Connected) } => CallDecision.Refused("it is not connected"),
            { IsOurs: false } => CallDecision.Refused("it was answered elsewhere"),
            { IsLeaving: true } => CallDecision.Refused("it is being transferred"),
            { IsHangingUp: true } => CallDecision.Refused("it is being hung up"),
            _ => CallDecision.Happened(new Claimed(command.By)),
        };
    }

    public static CallDecision Release(CallState state, CallCommand.Release command) =>
        state.ClaimedBy == command.By ? CallDecision.Happened(new Released(command.By)) : CallDecision.Nothing;

    /// <summary>Why somebody may not do this to a call that is claimed; null when they may.</summary>
    public static string? Refusal(CallState state, CallCommand.Operate command) =>
        state.ClaimedBy is { } owner && command.Actor != owner && command.Operation
            is CallOperation.Hold or CallOperation.Resume or CallOperation.BlindTransfer or CallOperation.WarmTransfer or CallOperation.Merge
                ? $"{owner} is under way with it"
                : null;
}
