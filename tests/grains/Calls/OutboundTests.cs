using GoTo.Calls;
using GoTo.Numbers;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

public sealed class OutboundTests
{
    private static readonly CallCommand.Dial Dial =
        new("dial-main/1", new DialRequest("acme", "line_1", "tel:+15551234567", "sales"), null);

    [Fact]
    public void Our_media_answer_is_not_yet_an_answered_call()
    {
        var call = new Replay(Dial);
        Assert.Equal((CallPhase.Dialing, CallEffect.OpenRoom), (call.State.Phase, call.NextEffect));
        call.Take(JoinRoom);
        Assert.Equal(CallEffect.Answer, call.NextEffect);
        call.Take(new CallCommand.IntendAnswer(), new CallCommand.AcceptAnswer(Connected: false, null));
        Assert.Equal((CallPhase.Dialing, CallEffect.None), (call.State.Phase, call.NextEffect));
        call.Take(new CallCommand.Alert(), new CallCommand.Alert(), new CallCommand.Connect(Noon));
        Assert.Equal((CallPhase.Connected, CallEffect.None), (call.State.Phase, call.NextEffect));
        Assert.Single(call.Events, e => e is Alerted);
        Assert.Null(call.Ask(new CallOperation.Hold()).Refusal);
    }

    [Theory]
    [InlineData(EndReason.Busy)]
    [InlineData(EndReason.NoAnswer)]
    [InlineData(EndReason.Rejected)]
    public void Who_does_not_take_it_is_how_it_ends(EndReason reason)
    {
        var call = new Replay(Dial, JoinRoom, new CallCommand.IntendAnswer(), new CallCommand.End(reason, TimeSpan.Zero));
        Assert.Equal((CallPhase.Ended, reason, CallEffect.CloseMedia), (call.State.Phase, call.State.EndReason, call.NextEffect));
    }

    [Fact]
    public void The_same_dial_again_is_no_second_call_and_another_dial_is_refused()
    {
        var call = new Replay(Dial);
        Assert.Equal(CallDecision.Nothing, call.Decide(Dial));
        Assert.Equal("it is another dial's call", call.Decide(Dial with { RequestId = "dial-main/2" }).Refusal);
    }

    [Fact]
    public void An_answer_that_a_crash_cut_off_is_sent_again_once_GoTo_was_asked()
    {
        var call = new Replay(Dial, JoinRoom, new CallCommand.IntendAnswer());
        Assert.Equal(CallEffect.None, call.NextEffect);
        call.Take(new CallCommand.Reconcile(StillRinging with { State = "dialing" }));
        Assert.Equal((CallPhase.Dialing, CallEffect.Answer), (call.State.Phase, call.NextEffect));
    }

    [Fact]
    public void Without_a_room_it_is_hung_up()
    {
        var call = new Replay(Dial, new CallCommand.ShutGate("no room server"));
        Assert.Equal((CallEffect.HangUp, HangUpReason.Normal), (call.NextEffect, call.State.HangUpReason));
    }

    /// <summary>What the number that is shown says of its calls counts for those that are placed, too.</summary>
    [Fact]
    public void An_agent_that_leaves_is_made_up_for_as_the_shown_number_says()
    {
        var shown = new NumberRegistration("acme", "first")
        {
            NextAgents = ["second"], Fallback = "ext:1001", AgentTimeout = TimeSpan.FromSeconds(8), EarlyGreeting = "welcome",
            AgentLoss = new AgentLossPolicy { ReturnTimeout = TimeSpan.FromSeconds(3), Announcement = "wait" },
        };
        var call = new Replay(
            Dial with { Registration = shown }, JoinRoom, new CallCommand.IntendAnswer(), new CallCommand.Connect(Noon), OpenGate);
        Assert.Equal(("sales", shown, "active"), (call.State.Agent, call.State.Registration, call.State.SipStatus));

        call.Take(new CallCommand.LoseAgent("gone"));
        Assert.Equal("wait", call.State.Flow.Announcement);
        var asked = new List<string?>();
        foreach (var wait in new[] { 3, 8, 8 })
        {
            call.After(TimeSpan.FromSeconds(wait)).Take(new CallCommand.Expire(TimeLimit.AgentReturn), new CallCommand.NoteDispatch());
            asked.Add(call.State.Agent);
        }
        Assert.Equal(["sales", "first", "second"], asked);
        call.After(TimeSpan.FromSeconds(8)).Take(new CallCommand.Expire(TimeLimit.AgentReturn));
        Assert.Equal(new CallOperation.BlindTransfer("ext:1001"), call.State.NextRequest!.Operation);
    }

    /// <summary>Where our offer goes with the dial, it may be taken before the call has its room.</summary>
    [Fact]
    public void Taken_before_there_is_audio_and_without_any_to_come_it_is_hung_up()
    {
        var call = new Replay(Dial, new CallCommand.Connect(Noon));
        Assert.Equal((CallPhase.Connected, CallEffect.OpenRoom), (call.State.Phase, call.NextEffect));
        Assert.Equal(CallEffect.HangUp, new Replay(Dial, new CallCommand.Connect(Noon), new CallCommand.ShutGate("no room server")).NextEffect);
        call.Take(JoinRoom);
        Assert.Equal(CallEffect.Answer, call.NextEffect);
        call.Take(new CallCommand.FailAnswer("the audio is gone"));
        Assert.Equal((CallEffect.HangUp, HangUpReason.Normal), (call.NextEffect, call.State.HangUpReason));
    }

    [Fact]
    public void Events_that_come_before_the_reply_wait_for_it_ten_seconds()
    {
        var parked = new ParkedEvents();
        var (early, late) = (new CallCommand.Alert(), new CallCommand.Connect(Noon));
        parked.Add(early, "1", Noon);
        parked.Add(late, "2", Noon + TimeSpan.FromSeconds(5));
        Assert.Equal([(late, "2")], parked.Take(Noon + ParkedEvents.Patience));
        Assert.Empty(parked.Take(Noon));
    }
}
