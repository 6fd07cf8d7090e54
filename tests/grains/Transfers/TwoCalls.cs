using GoTo.Calls;
using GoTo.Transfers;

namespace GoTo.Grains.Tests.Transfers;

/// <summary>
/// A small GoTo with the caller's call and at most one consult, as the call grains show it: commands have an id and are
/// done once, what is asked may be done and its answer lost, and a request may arrive when nobody counts on it any more.
/// </summary>
internal sealed class TwoCalls
{
    private static readonly CallKey ConsultKey = new("main", "consult");

    private readonly List<Action> _late = [];
    private readonly Dictionary<int, bool?> _completions = [];
    private bool _hold;
    private bool _hangUpWanted;

    /// <summary>Why the caller's call is over; null while it lives.</summary>
    public EndReason? CallerEnd { get; private set; }

    public bool CallerOnHold { get; private set; }

    public bool CallerClaimed { get; private set; }

    public bool AgentGone { get; private set; }

    public int Dials { get; private set; }

    public bool ConsultAnswered { get; private set; }

    /// <summary>Why the consult is over; null while it lives or when there was none.</summary>
    public EndReason? ConsultEnd { get; private set; }

    public bool ConsultLives => Dials > 0 && ConsultEnd is null;

    public CallSight Caller => new(Connected: CallerEnd is null, End: CallerEnd, AgentGone: AgentGone);

    public CallSight Consult => new(ConsultAnswered && ConsultLives, End: ConsultEnd);

    public void Claim() => CallerClaimed = true;

    public void Release() => CallerClaimed = false;

    /// <summary>The hold; once, whoever asks again.</summary>
    public bool Hold()
    {
        if (!_hold && CallerEnd is null) CallerOnHold = true;
        _hold = true;
        return CallerOnHold;
    }

    public void Resume() => CallerOnHold = false;

    /// <summary>The dial; once, whoever asks again.</summary>
    public CallKey Dial()
    {
        if (Dials == 0) Dials++;
        return ConsultKey;
    }

    /// <summary>The hang-up is journaled at the consult's grain, which sees to it.</summary>
    public void HangUpConsult() => _hangUpWanted = true;

    /// <summary>
    /// GoTo connects the two, or refuses; null when nobody knows. Once for each attempt, whoever asks again.
    /// </summary>
    public bool? WarmTransfer(int attempt, Func<bool?> send) =>
        _completions.TryGetValue(attempt, out var outcome) ? outcome : _completions[attempt] = send();

    /// <summary>The request arrives at GoTo.</summary>
    public bool Connect()
    {
        if (CallerEnd is not null || !ConsultLives || !ConsultAnswered) return false;
        CallerOnHold = false;
        CallerEnd = ConsultEnd = EndReason.Transfer;
        return true;
    }

    /// <summary>A request is still on its way.</summary>
    public void ConnectLater() => _late.Add(() => Connect());

    /// <summary>What was on its way arrives.</summary>
    public void Arrive()
    {
        foreach (var request in _late) request();
        _late.Clear();
        if (_hangUpWanted && ConsultLives) ConsultEnd = EndReason.LocalHangUp;
    }

    public void CallerHangsUp()
    {
        CallerEnd ??= EndReason.RemoteHangUp;
        CallerOnHold = false;
    }

    public void AgentLeaves() => AgentGone = true;

    public void TargetAnswers()
    {
        if (ConsultLives) ConsultAnswered = true;
    }

    public void TargetEnds(EndReason unanswered)
    {
        if (ConsultLives) ConsultEnd = ConsultAnswered ? EndReason.RemoteHangUp : unanswered;
    }
}
