using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.Grains.Tests.Calls;

/// <summary>A call decided and folded command by command.</summary>
internal sealed class Replay
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    public static readonly CallCommand.Ring Ring = new("+15551234567", "+15559876543", "line_1", null);
    public static readonly CallCommand.Route Route = new(new NumberRegistration("acme", "receptionist"));
    public static readonly CallCommand.JoinRoom JoinRoom = new("call-1", "phone-1");
    public static readonly CallCommand.OpenGate OpenGate = new("agent-1");
    public static readonly CallCommand.AcceptAnswer Answered = new(Connected: true, Noon);
    public static readonly CallCommand[] ToConnected = [Ring, Route, JoinRoom, OpenGate, new CallCommand.IntendAnswer(), Answered];

    public static readonly UpstreamCall StillRinging =
        new(true, "ringing", Connected: false, OnHold: false, Ended: false, EndReason.Unknown, null, TimeSpan.Zero);

    public static readonly UpstreamCall StillConnected = StillRinging with { State = "connected", Connected = true, AnsweredAt = Noon };

    public Replay(params CallCommand[] commands) => Take(commands);

    public static Replay Connected() => new(ToConnected);

    public CallJournal Journal { get; private set; } = new();
    public CallState State => Journal.State;
    public CallEffect NextEffect => CallEffects.Next(State);
    public DateTimeOffset Now { get; private set; } = Noon;
    public IEnumerable<CallEvent> Events => Journal.EntriesAfter(0).Select(entry => entry.Event);

    public CallDecision Decide(CallCommand command) => CallDecision.Decide(State, command, Now);

    public Replay Take(params CallCommand[] commands)
    {
        foreach (var command in commands) Journal = Journal.Append(command, Decide(command).Events, Now);
        return this;
    }

    public Replay After(TimeSpan time)
    {
        Now += time;
        return this;
    }

    /// <summary>A service asks for something; its id is the operation's name unless given.</summary>
    public CallDecision Ask(CallOperation operation, string? id = null)
    {
        var command = new CallCommand.Operate(new CommandId(id ?? operation.Name), operation, "billing");
        var decision = Decide(command);
        Take(command);
        return decision;
    }

    public Replay Settle(string id, CommandFailure failure = CommandFailure.None, string? detail = null) =>
        Take(new CallCommand.Settle(new CommandId(id), failure, detail));

    public CommandOutcome? Outcome(string id) => State.Command(new CommandId(id))?.Outcome;
}
