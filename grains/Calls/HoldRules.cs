namespace GoTo.Calls;

/// <summary>The rules of what GoTo tells of holding. Pure.</summary>
internal static class HoldRules
{
    /// <summary>
    /// <c>call.held</c>. When our reply said so before, it is its echo; when our hold is on its way, it is the outcome of
    /// it; else the other side did it.
    /// </summary>
    public static CallDecision Held(CallState state, DateTimeOffset now)
    {
        if (IsEcho(state, onHold: true, now)) return CallDecision.Happened(new HoldConfirmed(true));
        if (state.OpenOf<CallOperation.Hold>() is { } ours)
            return new CallDecision([new Held(HoldOrigin.Local, ByReply: false), Done(ours)], null);
        return state.OnHold ? CallDecision.Nothing : CallDecision.Happened(new Held(HoldOrigin.Remote, ByReply: false));
    }

    /// <summary><c>call.resumed</c>, likewise.</summary>
    public static CallDecision Resumed(CallState state, DateTimeOffset now)
    {
        if (IsEcho(state, onHold: false, now)) return CallDecision.Happened(new HoldConfirmed(false));
        if (!state.OnHold) return CallDecision.Nothing;
        return state.OpenOf<CallOperation.Resume>() is { } ours
            ? new CallDecision([new Resumed(ByReply: false), Done(ours)], null)
            : CallDecision.Happened(new Resumed(ByReply: false));
    }

    private static bool IsEcho(CallState state, bool onHold, DateTimeOffset now) =>
        state.Echoes.Any(due => due.OnHold == onHold && now < due.Until);

    private static CommandSettled Done(CommandRecord open) => new(new CommandOutcome(open.Id, CommandResult.Done));
}

/// <summary>An event of a hold or a resume that is still due, since GoTo's reply told of it first.</summary>
internal sealed record HoldEcho(bool OnHold, DateTimeOffset Until);
