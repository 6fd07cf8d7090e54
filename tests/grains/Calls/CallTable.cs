using System.Text;
using GoTo.Calls;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Grains.Tests.Calls;

/// <summary>The rules of a call as a page: every situation, every command, what comes of it, what is done next.</summary>
internal static class CallTable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);

    private static readonly UpstreamCall Ringing =
        new(true, "ringing", Connected: false, OnHold: false, Ended: false, EndReason.Unknown, null, TimeSpan.Zero);

    private static readonly CallCommand Ring = new CallCommand.Ring("", "", "", null);
    private static readonly CallCommand Route = new CallCommand.Route(
        new NumberRegistration("acme", "agent") { AgentLoss = new AgentLossPolicy { ReturnTimeout = TimeSpan.Zero } });
    private static readonly CallCommand RouteWithFallback = new CallCommand.Route(new NumberRegistration("acme", "agent") { Fallback = "ext:1001" });
    private static readonly CallCommand RouteWithNext = new CallCommand.Route(new NumberRegistration("acme", "agent") { NextAgents = ["next"] });
    private static readonly CallCommand RouteWithGreeting = new CallCommand.Route(new NumberRegistration("acme", "agent") { EarlyGreeting = "welcome" });
    private static readonly CallCommand JoinRoom = new CallCommand.JoinRoom("room", "phone");
    private static readonly CallCommand OpenGate = new CallCommand.OpenGate("agent");
    private static readonly CallCommand IntendAnswer = new CallCommand.IntendAnswer();
    private static readonly CallCommand Answered = new CallCommand.AcceptAnswer(true, Noon);
    private static readonly CallCommand RefusedForNow = new CallCommand.ShutGate("500") { MayPass = true };
    private static readonly CallCommand LoseAgent = new CallCommand.LoseAgent("gone");
    private static readonly CallCommand FailMedia = new CallCommand.FailMedia("lost");
    private static readonly CallCommand.Operate Hold = Ask(new CallOperation.Hold());
    private static readonly CallCommand.Operate Mute = Ask(new CallOperation.Mute());
    private static readonly CallCommand.Operate SendDtmf = Ask(new CallOperation.SendDtmf("1"));
    private static readonly CallCommand.Operate Transfer = Ask(new CallOperation.BlindTransfer("ext:1001"));
    private static readonly CallCommand.Operate HangUp = Ask(new CallOperation.HangUp(HangUpReason.Normal));
    private static readonly CallCommand AcceptHangUp = new CallCommand.AcceptHangUp();
    private static readonly CallCommand FailHangUp = new CallCommand.FailHangUp("503");
    private static readonly CallCommand End = new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.Zero);
    private static readonly CallCommand CloseMedia = new CallCommand.CloseMedia();
    private static readonly CallCommand Dial =
        new CallCommand.Dial("dial-main/1", new DialRequest("acme", "line_1", "tel:+1", "agent"), null);
    private static readonly CallCommand[] ToConnected = [Ring, Route, JoinRoom, OpenGate, IntendAnswer, Answered];

    private static readonly CallCommand[] Talking =
    [
        new CallCommand.Ring("", "+15559876543", "", null), RouteWithFallback, JoinRoom, OpenGate, IntendAnswer, Answered,
        new CallCommand.StartAudio(AudioDirection.FromCaller), new CallCommand.StartAudio(AudioDirection.FromAgent),
    ];

    private static readonly (string Name, CallCommand[] By)[] Situations =
    [
        ("Initial", []),
        ("Dialing", [Dial]),
        ("Connected over there, no room yet", [Dial, new CallCommand.Connect(Noon)]),
        ("Dialing, in the room", [Dial, JoinRoom]),
        ("Dialing, our answer sent", [Dial, JoinRoom, IntendAnswer]),
        ("Dialing, our answer taken", [Dial, JoinRoom, IntendAnswer, new CallCommand.AcceptAnswer(false, null)]),
        ("Ringing", [Ring]),
        ("Ringing, number known", [Ring, Route]),
        ("Ringing, room refused, another agent next", [Ring, RouteWithNext, new CallCommand.ShutGate("403")]),
        ("Ringing, in the room", [Ring, Route, JoinRoom]),
        ("Ringing, agent ready", [Ring, Route, JoinRoom, OpenGate]),
        ("Ringing, no agent, fallback", [Ring, RouteWithFallback, JoinRoom, new CallCommand.ShutGate("no agent")]),
        ("Connected, fallback due", [Ring, RouteWithFallback, JoinRoom, new CallCommand.ShutGate("no agent"), IntendAnswer, Answered]),
        ("Connected, phone silent", [.. ToConnected, new CallCommand.LapseAudio(CallGuards.Noticed)]),
        ("Connected, greeted early", [Ring, RouteWithGreeting, JoinRoom, IntendAnswer, Answered]),
        ("Ringing, audio lost twice", [Ring, Route, JoinRoom, FailMedia, JoinRoom, FailMedia, JoinRoom]),
        ("Offering", [Ring, Route, JoinRoom, OpenGate, IntendAnswer]),
        ("Offering, answer taken", [Ring, Route, JoinRoom, OpenGate, IntendAnswer, new CallCommand.AcceptAnswer(false, null)]),
        ("Connected", ToConnected),
        ("Connected, on hold by them", [.. ToConnected, new CallCommand.Hold()]),
        ("Connected, on hold by us", [.. ToConnected, Hold, Done(Hold)]),
        ("Connected, muted", [.. ToConnected, Mute, Done(Mute)]),
        ("Connected, hold open", [.. ToConnected, Hold]),
        ("Connected, tones sent", [.. ToConnected, SendDtmf, new CallCommand.Send(SendDtmf.Id)]),
        ("Connected, transfer open", [.. ToConnected, Transfer]),
        ("Connected, transfer sent", [.. ToConnected, Transfer, new CallCommand.Send(Transfer.Id)]),
        ("Connected, transfer taken", [.. ToConnected, Transfer, new CallCommand.Send(Transfer.Id), new CallCommand.Take(Transfer.Id)]),
        ("Connected, leaving", [.. ToConnected, new CallCommand.Transfer("tel:+1")]),
        ("Connected, claimed", [.. ToConnected, new CallCommand.Claim("transfer")]),
        ("Connected, both heard", Talking),
        ("Connected, audio lost, on its way back to the number", [.. Talking, FailMedia]),
        ("Connected, audio lost on hold for a transfer", [.. Talking, Hold, Done(Hold), new CallCommand.Claim("transfer"), FailMedia]),
        ("Connected, agent lost", [.. ToConnected, LoseAgent]),
        ("Connected, agent sought", [.. ToConnected, LoseAgent, new CallCommand.Expire(TimeLimit.AgentReturn)]),
        ("Connected elsewhere", [Ring, Route, JoinRoom, OpenGate, new CallCommand.Connect(Noon)]),
        ("Hang-up intended", [.. ToConnected, HangUp]),
        ("Hang-up failed", [.. ToConnected, HangUp, FailHangUp]),
        ("Hang-up taken", [.. ToConnected, HangUp, AcceptHangUp]),
        ("Ended, audio held", [.. ToConnected, End]),
        ("Ended, not on record", [.. ToConnected, End, CloseMedia]),
        ("Ended", [.. ToConnected, End, CloseMedia, new CallCommand.MarkRecorded()]),
    ];

    private static readonly (string Name, CallCommand Command)[] Commands =
    [
        ("Ring", Ring), ("Dial", Dial), ("Alert", new CallCommand.Alert()),
        ("Route, known number", Route), ("Route, unknown number", new CallCommand.Route(null)),
        ("Route, quota used up", new CallCommand.Route(new NumberRegistration("acme", "agent"), Quota.ConcurrentCalls)),
        ("JoinRoom", JoinRoom), ("OpenGate", OpenGate), ("ShutGate", new CallCommand.ShutGate("no agent")), ("ShutGate, for the moment", RefusedForNow),
        ("LoseAgent", LoseAgent), ("NoteDispatch", new CallCommand.NoteDispatch()), ("LoseRoom", new CallCommand.LoseRoom("deleted")),
        ("IntendAnswer", IntendAnswer), ("AcceptAnswer, connected", Answered),
        ("AcceptAnswer, not connected yet", new CallCommand.AcceptAnswer(false, null)),
        ("FailAnswer", new CallCommand.FailAnswer("500")), ("Connect", new CallCommand.Connect(Noon)),
        ("LapseAudio", new CallCommand.LapseAudio(CallGuards.Noticed)), ("ReturnAudio", new CallCommand.ReturnAudio()),
        ("EndGreeting", new CallCommand.EndGreeting()),
        ("Expire: Ringing", new CallCommand.Expire(TimeLimit.Ringing)), ("Expire: Duration", new CallCommand.Expire(TimeLimit.Duration)),
        ("Expire: SilenceWarning", new CallCommand.Expire(TimeLimit.SilenceWarning)), ("Expire: Silence", new CallCommand.Expire(TimeLimit.Silence)),
        ("Expire: Leaving", new CallCommand.Expire(TimeLimit.Leaving)),
        ("Expire: AgentReturn", new CallCommand.Expire(TimeLimit.AgentReturn)),
        ("StartAudio, from caller", new CallCommand.StartAudio(AudioDirection.FromCaller)),
        ("StartAudio, from agent", new CallCommand.StartAudio(AudioDirection.FromAgent)),
        ("FailMedia", FailMedia), ("CloseMedia", CloseMedia),
        ("MarkRecorded", new CallCommand.MarkRecorded()),
        ("Operate: Answer", Ask(new CallOperation.Answer())), ("Operate: Reject", Ask(new CallOperation.Reject())),
        ("Operate: Hold", Again(Hold)), ("Operate: Resume", Ask(new CallOperation.Resume())), ("Operate: Mute", Again(Mute)),
        ("Operate: Unmute", Ask(new CallOperation.Unmute())), ("Operate: SendDtmf", Again(SendDtmf)),
        ("Operate: PlayAnnouncement", Ask(new CallOperation.PlayAnnouncement("welcome"))),
        ("Operate: BlindTransfer", Again(Transfer)), ("Operate: WarmTransfer", Ask(new CallOperation.WarmTransfer("call_2"))),
        ("Operate: Merge", Ask(new CallOperation.Merge("call_2"))), ("Operate: HangUp", Again(HangUp)),
        ("Send, of the transfer", new CallCommand.Send(Transfer.Id)), ("Take, of the transfer", new CallCommand.Take(Transfer.Id)),
        ("Settle, hold done", Done(Hold)), ("Settle, hold failed", new CallCommand.Settle(Hold.Id, CommandFailure.Refused, "409")),
        ("Settle, transfer failed", new CallCommand.Settle(Transfer.Id, CommandFailure.TransferFailed, "busy")),
        ("AcceptHangUp", AcceptHangUp),
        ("FailHangUp", FailHangUp), ("Hold", new CallCommand.Hold()), ("Resume", new CallCommand.Resume()),
        ("Transfer", new CallCommand.Transfer("tel:+1")), ("ReceiveDigit", new CallCommand.ReceiveDigit("5", null, DigitSource.Event)), ("End", End),
        ("Claim", new CallCommand.Claim("transfer")), ("Claim, by another", new CallCommand.Claim("another")),
        ("Release", new CallCommand.Release("transfer")),
        ("Reconcile: ringing", new CallCommand.Reconcile(Ringing)),
        ("Reconcile: connected", new CallCommand.Reconcile(Ringing with { State = "connected", Connected = true })),
        ("Reconcile: held", new CallCommand.Reconcile(Ringing with { State = "held", Connected = true, OnHold = true })),
        ("Reconcile: transferred", new CallCommand.Reconcile(Ringing with { State = "transferred", Connected = true, TransferTarget = "ext:1001" })),
        ("Reconcile: ended", new CallCommand.Reconcile(Ringing with { State = "ended", Ended = true })),
        ("Reconcile: not found", new CallCommand.Reconcile(GoToCalls.Unknown)),
    ];

    private static CallCommand.Operate Ask(CallOperation operation) => new(new CommandId(operation.Name), operation, "service");

    /// <summary>The same by another command.</summary>
    private static CallCommand.Operate Again(CallCommand.Operate command) => command with { Id = new CommandId("another") };

    private static CallCommand.Settle Done(CallCommand.Operate command) => new(command.Id, CommandFailure.None, null);

    /// <summary>All commands that there are, so that none is left out of the page.</summary>
    public static IEnumerable<Type> CommandsShown => Commands.Select(c => c.Command.GetType()).Distinct();

    public static string Page()
    {
        var page = new StringBuilder(Header);
        foreach (var (name, by) in Situations)
        {
            var journal = by.Aggregate(new CallJournal(), Take);
            page.Append('\n').Append("### ").Append(name).Append("\n\n").Append(Waiting(journal.State)).Append("\n\n");
            page.Append("| command | events | then |\n| --- | --- | --- |\n");
            var silent = new List<string>();
            var refused = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
            foreach (var (command, value) in Commands)
            {
                var decision = CallDecision.Decide(journal.State, value, Noon);
                if (decision.Refusal is { } why) (refused.TryGetValue(why, out var list) ? list : refused[why] = []).Add(command);
                else if (decision.Events.Count == 0) silent.Add(command);
                else page.Append($"| {command} | {Events(decision)} | {Then(Take(journal, value).State)} |\n");
            }
            foreach (var (why, refusedCommands) in refused)
                page.Append($"\nRefused, \"{why}\": {string.Join("; ", refusedCommands)}.\n");
            if (silent.Count > 0) page.Append($"\nChanges nothing: {string.Join("; ", silent)}.\n");
        }
        return page.ToString();
    }

    private static CallJournal Take(CallJournal journal, CallCommand command) =>
        journal.Append(command, CallDecision.Decide(journal.State, command, Noon).Events, Noon);

    private static string Events(CallDecision decision) => string.Join(", ", decision.Events.Select(happened => happened switch
    {
        HangUpIntended e => $"HangUpIntended ({e.Reason})",
        Held e => $"Held ({e.By})",
        CommandSettled { Outcome: { Result: CommandResult.Failed } o } => $"CommandSettled ({o.Failure})",
        CommandSettled e => $"CommandSettled ({e.Outcome.Result})",
        Ended e => $"Ended ({e.Reason})",
        _ => happened.GetType().Name,
    }));

    private static string Then(CallState state) => $"{state.Phase}, {CallEffects.Next(state)}";

    private static string Waiting(CallState state) => (CallEffects.Next(state), CallEffects.AskAfter(state)) switch
    {
        (CallEffect.None, { } after) => $"Next: nothing; GoTo is asked after {after.TotalSeconds:0} s.",
        (CallEffect.None, null) => "Next: nothing; wait for events.",
        var (effect, _) => $"Next: **{effect}**.",
    };

    private const string Header = """
        # The states of a call

        Printed from the rules (`CallDecision`, `OperationRules`, `CallState`, `CallEffects` in `grains/Calls/`) by a test, which fails when
        this page is stale. To print it anew: `GOTO_WRITE_DOCS=1 dotnet run --project tests/grains`.

        ```mermaid
        stateDiagram-v2
          [*] --> Ringing: call.ringing
          [*] --> Dialing: we placed it
          Dialing --> Dialing: room, our SDP answer, early media
          Dialing --> Connected: call.connected
          Dialing --> Ended: call.ended (busy, no answer, rejected)
          Ringing --> Ringing: number, room, agent (the answer gate)
          Ringing --> Offering: our SDP answer leaves
          Offering --> Connected: call.connected, or GoTo's reply
          Offering --> Ringing: GoTo never got the answer
          Ringing --> Connected: answered elsewhere
          Connected --> Connected: hold, resume, digits, audio
          Connected --> Connected: the agent leaves, another is sought
          Ringing --> Ended: call.ended
          Offering --> Ended: call.ended
          Connected --> Ended: call.ended
          Ended --> [*]: the audio is let go
        ```

        A hang-up is no phase of its own: it goes intended, taken or failed beside the phase, until GoTo says that the call
        has ended. On hold, leaving (transferred) and the audio's state are such facts too.

        **events** is what is journaled. **then** is the phase after it and what the cluster does next. What a situation
        does not list changes nothing there, so a repeat is harmless.

        ## Situations

        """;
}
