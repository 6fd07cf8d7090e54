using GoTo.Calls;
using GoTo.Transfers;

namespace GoTo.Grains.Tests.Transfers;

/// <summary>
/// One warm transfer driven as its grain drives it, with everything that can go wrong, from one seed. What is in the
/// journal lasts, what is in the head is lost with every crash.
/// </summary>
internal sealed class SagaRun(int seed)
{
    private const int Steps = 60;

    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    private static readonly EndReason[] Unanswered =
        [EndReason.Busy, EndReason.NoAnswer, EndReason.Rejected, EndReason.Error, EndReason.Timeout];

    // Repeatable, not secret.
#pragma warning disable CA5394
    private readonly Random _random = new(seed);
    private readonly TwoCalls _goTo = new();
    private readonly List<string> _log = [];
    private TransferJournal _journal = new();
    private DateTimeOffset _now = Noon;
    private CallSight? _staleCaller;
    private CallSight? _staleConsult;

    public TransferResult? Result => State.Result;

    private TransferState State => _journal.State;

    /// <summary>What is wrong at the end, with all that led to it; null when nothing is.</summary>
    public string? Run()
    {
        try
        {
            Decide(new TransferCommand.Begin(
                new WarmTransferRequest("tel:+15555550150") { Announcement = Chance(30) ? "billing" : null }, "acme", "service"));
            for (var i = 0; i < Steps && State.Phase is not TransferPhase.Ended; i++)
            {
                if (Chance(50)) Effect(faults: true);
                else Event();
                Check();
            }
            Settle();
            return Verdict();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return Told(e.Message);
        }
    }

    /// <summary>Nothing goes wrong any more; the people still do what they like.</summary>
    private void Settle()
    {
        for (var i = 0; i < 200 && (State.Phase is not TransferPhase.Ended || i < 20); i++)
        {
            Effect(faults: false);
            _goTo.Arrive();
            _now += TimeSpan.FromSeconds(5);
            Decide(new TransferCommand.SeeCaller(_goTo.Caller));
            Decide(new TransferCommand.SeeConsult(_goTo.Consult));
            Decide(new TransferCommand.Tick(_now));
            Check();
        }
    }

    /// <summary>A caller on hold has a transfer that lives: at every moment, whatever happened.</summary>
    private void Check()
    {
        if (_goTo.Dials > 1) throw new InvalidOperationException($"{_goTo.Dials} consult calls");
        if (_goTo is { CallerEnd: null, CallerOnHold: true } && State.Phase is TransferPhase.Ended)
            throw new InvalidOperationException("the caller is stranded on hold");
    }

    private string? Verdict()
    {
        if (State.Phase is not TransferPhase.Ended) return Told($"it never ends, {State.Phase}");
        if (_goTo.ConsultLives) return Told("the consult lives on");
        if (_goTo is { CallerEnd: null, CallerClaimed: true }) return Told("the caller's call is never released");
        var completed = State.Result is TransferResult.Completed;
        if (completed != _goTo.CallerEnd is EndReason.Transfer) return Told($"it says {State.Result}, and the caller's call: {_goTo.CallerEnd}");
        return null;
    }

    private string Told(string what) => $"seed {seed}: {what}\n  {string.Join("\n  ", _log)}";

    private void Event()
    {
        switch (_random.Next(14))
        {
            case 0 when Chance(25): Does("caller hangs up", _goTo.CallerHangsUp); break;
            case 1 or 2 or 3: Does("target answers", _goTo.TargetAnswers); break;
            case 4 when Chance(40): Does("target ends", () => _goTo.TargetEnds(Unanswered[_random.Next(Unanswered.Length)])); break;
            case 5 when Chance(25): Does("agent leaves", _goTo.AgentLeaves); break;
            case 6: Decide(new TransferCommand.Complete("service")); break;
            case 7 when Chance(25): Decide(new TransferCommand.Cancel("service")); break;
            case 8 when Chance(25):
                Decide(new TransferCommand.Decline(Chance(50) ? DeclineReason.Voicemail : DeclineReason.Refused, "service"));
                break;
            case 9:
                _now += TimeSpan.FromSeconds(_random.Next(40));
                Decide(new TransferCommand.Tick(_now));
                break;
            case 10: (_staleCaller, _staleConsult) = (_goTo.Caller, _goTo.Consult); break;
            case 11 when _staleCaller is not null:
                Decide(new TransferCommand.SeeCaller(_staleCaller));
                Decide(new TransferCommand.SeeConsult(_staleConsult!));
                break;
            case 12: Does("what was on its way arrives", _goTo.Arrive); break;
            default:
                Decide(new TransferCommand.SeeCaller(_goTo.Caller));
                Decide(new TransferCommand.SeeConsult(_goTo.Consult));
                break;
        }
    }

    /// <summary>
    /// The effect that the state asks for: done or not, and its outcome journaled or lost with a crash; the process may
    /// also die on either side of it.
    /// </summary>
    private void Effect(bool faults)
    {
        var effect = TransferEffects.Next(State);
        if (effect is TransferEffect.None) return;
        if (faults && Chance(12)) { _log.Add($"the process dies before {effect}"); return; }
        var outcome = Do(effect, faults);
        if (faults && Chance(12)) { _log.Add($"the process dies after {effect}"); return; }
        if (outcome is not null) Decide(outcome);
    }

    private TransferCommand? Do(TransferEffect effect, bool faults)
    {
        _log.Add($"does {effect}");
        switch (effect)
        {
            case TransferEffect.Claim:
                if (_goTo.CallerEnd is not null) return new TransferCommand.RefuseClaim("the call is over");
                _goTo.Claim();
                return new TransferCommand.ClaimCaller();
            case TransferEffect.Hold:
                if (faults && Chance(10)) return new TransferCommand.FailHold("503");
                // The answer may be a fault though the hold was done.
                return _goTo.Hold() && !(faults && Chance(10)) ? new TransferCommand.HoldCaller() : new TransferCommand.FailHold("500");
            case TransferEffect.Dial:
                if (faults && _goTo.Dials == 0 && Chance(10)) return new TransferCommand.FailConsult(TransferResult.Unreachable, "404");
                return new TransferCommand.PlaceConsult(_goTo.Dial());
            case TransferEffect.Announce:
                return faults && Chance(10) ? new TransferCommand.FailAnnouncement("no such file") : new TransferCommand.EndAnnouncement();
            case TransferEffect.Complete:
                return Complete(faults);
            case TransferEffect.AskGoTo:
                return new TransferCommand.SeeBoth(_goTo.Caller, _goTo.Consult);
            case TransferEffect.HangUpConsult:
                _goTo.HangUpConsult();
                return new TransferCommand.DropConsult();
            case TransferEffect.Resume:
                _goTo.Resume();
                return new TransferCommand.ResumeCaller();
            case TransferEffect.Release:
                _goTo.Release();
                return new TransferCommand.ReleaseCaller();
            default:
                throw new InvalidOperationException($"no way to {effect}");
        }
    }

    private TransferCommand Complete(bool faults) => _goTo.WarmTransfer(State.CompletionAttempts, () => Send(faults)) switch
    {
        true => new TransferCommand.AcceptCompletion(),
        false => new TransferCommand.RefuseCompletion("409"),
        null => new TransferCommand.DoubtCompletion("time-out"),
    };

    private bool? Send(bool faults)
    {
        if (faults && Chance(5)) return false;
        if (!faults || !Chance(15)) return _goTo.Connect();
        // A time-out: done, not done, or done later.
        if (Chance(33)) _goTo.Connect();
        else if (Chance(50)) _goTo.ConnectLater();
        return null;
    }

    private void Decide(TransferCommand command)
    {
        var decision = TransferDecision.Decide(State, command);
        if (decision.Events.Count == 0) return;
        _log.Add($"{command.GetType().Name}: {string.Join(", ", decision.Events.Select(e => e.ToString()))}");
        _journal = _journal.Append(decision.Events, _now);
    }

    private void Does(string what, Action act)
    {
        _log.Add(what);
        act();
    }

    private bool Chance(int percent) => _random.Next(100) < percent;
#pragma warning restore CA5394
}
