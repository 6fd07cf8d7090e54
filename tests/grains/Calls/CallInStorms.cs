using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.Grains.Tests.Calls;

/// <summary>
/// One call against <see cref="GoToModel"/>, by chance of a seed: services ask, events come, requests fail before or after
/// they are carried out, and the grain crashes anywhere between two writes. The same seed is the same story.
/// </summary>
internal sealed class CallInStorms
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    private readonly int _seed;
    private readonly Random _random;
    private readonly GoToModel _goTo;
    private readonly List<CommandId> _asked = [];
    private DateTimeOffset _now = Noon;
    private CallJournal _stored = new();
    private bool _reconcile;
    private bool _calm;

    public CallInStorms(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        _goTo = new GoToModel(_random);
        Ring();
    }

    public CallJournal Journal { get; private set; } = new();

    private CallState State => Journal.State;

    /// <summary>The storm, and then the calm in which everything must come to its end.</summary>
    public void Run()
    {
        for (var step = 0; step < 60; step++) Step();
        Crash();
        _calm = true;
        for (var step = 0; step < 400 && !IsSettled; step++)
        {
            if (_goTo.NextEvent() is { } happened) Take(happened);
            else if (NextEffect is not CallEffect.None) Run(NextEffect);
            else
            {
                // GoTo owes a word, and is asked.
                _goTo.Finish();
                _now += TimeSpan.FromSeconds(15);
                _reconcile = true;
            }
        }
        Holds(IsSettled, "something is left undone");
        Judge();
    }

    private bool IsSettled => _goTo.IsQuiet && NextEffect is CallEffect.None && !State.OpenCommands.Any();

    private CallEffect NextEffect => _reconcile ? CallEffect.Reconcile : CallEffects.Next(State);

    private void Step()
    {
        // What was decided and could wait is stored by itself, sooner or later.
        if (_random.Next(4) == 0) _stored = Journal;
        _now += TimeSpan.FromMilliseconds(_random.Next(1, 3000));
        switch (_random.Next(12))
        {
            case 0:
                _goTo.Remote(_random);
                break;
            case 1 or 2:
                Ask();
                break;
            case 3:
                Crash();
                break;
            case 4 or 5:
                if (_goTo.NextEvent() is { } happened) Take(happened);
                break;
            case 6 when _random.Next(8) == 0:
                Take(new CallCommand.FailMedia("lost"));
                break;
            case 7 when State.LacksAgent:
                if (_random.Next(2) == 0) Take(new CallCommand.OpenGate("agent"));
                else
                {
                    _now += TimeSpan.FromSeconds(10);
                    Take(new CallCommand.Expire(TimeLimit.AgentReturn));
                }
                break;
            case 7 when _random.Next(4) == 0:
                Take(new CallCommand.LoseAgent("gone"));
                break;
            case 6 when State.Phase is CallPhase.Connected:
                Take(new CallCommand.ReceiveDigit("5", null, DigitSource.Audio));
                break;
            default:
                if (NextEffect is var effect and not CallEffect.None) Run(effect);
                break;
        }
    }

    private void Ask()
    {
        var id = _asked.Count > 0 && _random.Next(4) == 0 ? _asked[_random.Next(_asked.Count)] : new CommandId($"{_asked.Count}");
        CallOperation operation = _random.Next(24) switch
        {
            0 => new CallOperation.HangUp(HangUpReason.Normal),
            1 => new CallOperation.BlindTransfer("ext:1001"),
            2 => new CallOperation.Reject(),
            3 => new CallOperation.Answer(),
            < 7 => new CallOperation.Mute(),
            < 10 => new CallOperation.Unmute(),
            < 13 => new CallOperation.SendDtmf("1"),
            14 => new CallOperation.Merge("call_2"),
            < 19 => new CallOperation.Hold(),
            _ => new CallOperation.Resume(),
        };
        var known = State.Command(id);
        var decision = Take(new CallCommand.Operate(id, operation, "service"));
        if (known is not null) Holds(decision.Events.Count == 0, "an id was used twice");
        if (known is null && decision.Refusal is null) _asked.Add(id);
    }

    private void Ring() => Take(new CallCommand.Ring("+15551234567", "+15559876543", "line_1", null));

    /// <summary>What was in memory is gone, and with it what was decided and not stored. GoTo is asked first.</summary>
    private void Crash()
    {
        Journal = _stored;
        // The event channel has its ring.
        if (State.Phase is CallPhase.Initial) Ring();
        Doubt();
    }

    private void Doubt() => _reconcile = State.IsLive || _reconcile;

    /// <summary>A reply is lost, or the silo that waits for it.</summary>
    private void LoseReply()
    {
        if (_random.Next(2) == 0) Crash();
        else Doubt();
    }

    /// <summary>As the grain does it, with what can go wrong in between.</summary>
    private void Run(CallEffect effect)
    {
        if (!WriteRules.MayGoAhead(effect)) _stored = Journal;
        switch (effect)
        {
            case CallEffect.Reconcile:
                if (Fails()) return;
                _reconcile = false;
                if (State.Phase is not CallPhase.Ended) Take(new CallCommand.Reconcile(_goTo.Describe()));
                break;
            case CallEffect.RouteNumber:
                Take(new CallCommand.Route(new NumberRegistration("acme", "agent")));
                break;
            case CallEffect.OpenRoom:
                Take(Fails() ? Refused() : new CallCommand.JoinRoom("room", "phone"));
                break;
            case CallEffect.AwaitAgent:
                Take(new CallCommand.OpenGate("agent"));
                break;
            case CallEffect.DispatchAgent:
                Take(Fails() ? Refused() : new CallCommand.NoteDispatch());
                break;
            case CallEffect.Answer:
                Holds(State.HangUp is RequestProgress.None, "a call that is being hung up is answered");
                if (Take(new CallCommand.IntendAnswer()).Refusal is not null) return;
                if (Fails()) LoseReply();
                else if (!_goTo.Answer() || Fails()) LoseReply();
                else Take(new CallCommand.AcceptAnswer(_random.Next(2) == 0, null));
                break;
            case CallEffect.HangUp:
                if (Fails()) Take(new CallCommand.FailHangUp("503"));
                else if (_goTo.HangUp() && Fails()) LoseReply();
                else Take(new CallCommand.AcceptHangUp());
                break;
            case CallEffect.Operate:
                Send(State.NextRequest!);
                break;
            case CallEffect.CloseMedia:
                Take(new CallCommand.CloseMedia());
                break;
            case CallEffect.Record:
                Take(new CallCommand.MarkRecorded());
                break;
            default:
                Holds(false, $"nothing is known of {effect}");
                break;
        }
    }

    private void Send(CommandRecord command)
    {
        if (command.MustNotRepeat && Take(new CallCommand.Send(command.Id)).Refusal is not null) return;
        if (Fails())
        {
            // The request never left, and nobody knows but GoTo.
            LoseReply();
            return;
        }
        var failure = _goTo.Carry(command);
        if (Fails()) LoseReply();
        else if (failure is not CommandFailure.None) Take(new CallCommand.Settle(command.Id, failure, "409"));
        else Take(command.IsTransfer ? new CallCommand.Take(command.Id) : new CallCommand.Settle(command.Id, CommandFailure.None, null));
    }

    /// <summary>For the moment, mostly.</summary>
    private CallCommand.ShutGate Refused() => new("503") { MayPass = _random.Next(4) > 0 };

    private bool Fails() => !_calm && _random.Next(5) == 0;

    private CallDecision Take(CallCommand command)
    {
        var before = State;
        var decision = CallDecision.Decide(before, command, _now);
        Journal = Journal.Append(command, decision.Events, _now);
        if (!WriteRules.MayWait(before, command, decision.Events)) _stored = Journal;
        Holds(State.Version == before.Version + decision.Events.Count, "versions have gaps");
        Holds(before.Phase is not CallPhase.Ended || State.Phase is CallPhase.Ended, "an ended call lives again");
        Holds(before.Phase is not CallPhase.Connected || State.Phase >= CallPhase.Connected, "a connected call falls back");
        Holds(before.Commands.Where(c => !c.IsOpen).All(c => State.Command(c.Id)?.Outcome == c.Outcome), "an outcome has changed");
        return decision;
    }

    private void Judge()
    {
        Holds(_goTo.Answers <= 1, "answered twice");
        Holds(_goTo.Transfers <= 1, "transferred twice");
        Holds(_goTo.Ended == State.Phase is CallPhase.Ended, "GoTo and we differ on whether it is over");
        Holds(!_asked.Any(id => State.Command(id) is null), "a command is forgotten");
        foreach (var command in State.Commands)
        {
            var times = _goTo.Done.GetValueOrDefault(command.Id);
            Holds(times <= 1, $"{command.Operation.Name} was done {times} times");
            if (command.Operation is not (CallOperation.SendDtmf or CallOperation.Merge)) continue;
            Holds(command.Outcome!.Result is not CommandResult.Done || times == 1, $"{command.Operation.Name} is said to be done and is not");
            Holds(command.Outcome.Failure is CommandFailure.None or CommandFailure.OutcomeUnknown || times == 0, "a failed command was done");
        }
        if (State.Commands.Any(c => c is { Operation: CallOperation.HangUp or CallOperation.Reject }))
            Holds(_goTo.Ended, "a hang-up was lost");
        var report = CallReplay.Run(new CallKey("main", $"{_seed}"), Journal);
        Holds(report.DivergesAt is null, $"decided again it is another story: {report}");
    }

    private void Holds(bool condition, string otherwise)
    {
        if (condition) return;
        var told = string.Join("\n", Journal.EntriesAfter(0).Select(entry => $"{entry.Version} {entry.Event}"));
        Assert.Fail($"Seed {_seed}: {otherwise}. The call: {State.Phase}, next {NextEffect}.\n{told}");
    }
}
