using GoTo.Calls;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

public sealed class CallDecisionTests
{
    private static readonly CallCommand.Operate HangUp = new(new CommandId("over"), new CallOperation.HangUp(HangUpReason.Normal), "billing");

    [Fact]
    public void A_call_goes_from_ringing_to_connected_by_way_of_the_answer_gate()
    {
        var call = new Replay(Ring);
        Assert.Equal(CallEffect.RouteNumber, call.NextEffect);
        call.Take(Route);
        Assert.Equal(CallEffect.OpenRoom, call.NextEffect);
        call.Take(JoinRoom);
        Assert.Equal(CallEffect.AwaitAgent, call.NextEffect);
        call.Take(OpenGate);
        Assert.Equal(CallEffect.Answer, call.NextEffect);
        call.Take(new CallCommand.IntendAnswer());
        Assert.Equal((CallPhase.Offering, CallEffect.None), (call.State.Phase, call.NextEffect));
        call.Take(Answered);
        Assert.Equal((CallPhase.Connected, Noon, CallEffect.None), (call.State.Phase, call.State.AnsweredAt, call.NextEffect));
        Assert.Equal(
            [typeof(Rang), typeof(NumberResolved), typeof(RoomJoined), typeof(AgentReady), typeof(AnswerIntended),
                typeof(AnswerAccepted), typeof(Connected)],
            call.Journal.EntriesAfter(0).Select(e => e.Event.GetType()));
    }

    [Fact]
    public void An_unknown_number_is_rejected()
    {
        var call = new Replay(Ring, new CallCommand.Route(null));
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
        Assert.Equal(HangUpReason.Rejected, call.State.HangUpReason);
        call.Take(new CallCommand.AcceptHangUp(), new CallCommand.End(EndReason.Rejected, TimeSpan.Zero));
        Assert.Equal((CallPhase.Ended, EndReason.Rejected, CallEffect.Record), (call.State.Phase, call.State.EndReason, call.NextEffect));
    }

    [Fact]
    public void Without_an_agent_the_phone_hears_busy_and_is_never_answered()
    {
        var call = new Replay(Ring, Route, JoinRoom, new CallCommand.ShutGate("no agent"));
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
        Assert.Equal(HangUpReason.Busy, call.State.HangUpReason);
        Assert.Contains("already being answered or hung up", call.Decide(new CallCommand.IntendAnswer()).Refusal);
    }

    [Fact]
    public void Reports_of_what_was_never_asked_for_change_nothing()
    {
        foreach (var call in new[] { new Replay(Ring), new Replay(Ring, Route) })
        {
            var before = call.State;
            call.Take(new CallCommand.IntendAnswer(), Answered, new CallCommand.AcceptHangUp(), new CallCommand.FailHangUp("503"));
            Assert.Equal(before, call.State);
        }
        var ringing = new Replay(Ring, JoinRoom);
        Assert.Equal(CallEffect.RouteNumber, ringing.NextEffect);
        Assert.False(ringing.State.MediaOpen);
    }

    [Fact]
    public void Repeated_events_change_nothing()
    {
        var call = new Replay(ToConnected);
        var version = call.State.Version;
        call.Take(Ring, Route, OpenGate, Answered, new CallCommand.Connect(Noon.AddSeconds(1)), new CallCommand.Resume());
        Assert.Equal(version, call.State.Version);
        Assert.Equal(Noon, call.State.AnsweredAt);
    }

    [Fact]
    public void Connected_before_the_reply_to_our_answer_is_as_good_as_after_it()
    {
        var call = new Replay(Ring, Route, JoinRoom, OpenGate, new CallCommand.IntendAnswer(), new CallCommand.Connect(Noon));
        Assert.Equal(CallPhase.Connected, call.State.Phase);
        call.Take(Answered);
        Assert.Equal(RequestProgress.Accepted, call.State.Answer);
        Assert.Single(call.Journal.EntriesAfter(0), e => e.Event is Connected);
    }

    [Theory]
    [InlineData(CallPhase.Ringing)]
    [InlineData(CallPhase.Connected)]
    public void A_hang_up_is_intended_once_and_then_done(CallPhase phase)
    {
        var call = phase is CallPhase.Ringing ? new Replay(Ring) : new Replay(ToConnected);
        call.Take(HangUp, HangUp);
        Assert.Single(call.Journal.EntriesAfter(0), e => e.Event is HangUpIntended { Actor: "billing" });
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
        call.Take(new CallCommand.AcceptHangUp());
        Assert.Equal(CallEffect.None, call.NextEffect);
    }

    [Fact]
    public void A_refused_hang_up_is_tried_again_as_long_as_the_call_lives()
    {
        var call = new Replay(ToConnected);
        call.Take(HangUp);
        for (var tries = 1; tries <= 20; tries++)
        {
            call.Take(new CallCommand.FailHangUp("503"));
            Assert.Equal((tries, CallEffect.HangUp), (call.State.HangUpFailures, call.NextEffect));
        }
        call.Take(new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.Zero));
        Assert.Equal(CallEffect.CloseMedia, call.NextEffect);
    }

    [Fact]
    public void A_hang_up_that_GoTo_took_without_ending_the_call_is_done_again()
    {
        var call = new Replay([.. ToConnected, HangUp, new CallCommand.AcceptHangUp()]);
        Assert.Equal((CallEffect.None, true), (call.NextEffect, CallEffects.AskAfter(call.State) is not null));
        call.Take(new CallCommand.Reconcile(StillConnected));
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
    }

    [Fact]
    public void Giving_the_call_up_does_not_overrule_a_hang_up_that_is_on_its_way()
    {
        foreach (var call in new[]
        {
            new Replay(Ring, HangUp, new CallCommand.Route(null)),
            new Replay(Ring, Route, JoinRoom, HangUp, new CallCommand.ShutGate("no agent")),
            new Replay(Ring, Route, JoinRoom, OpenGate, new CallCommand.IntendAnswer(), HangUp, new CallCommand.FailAnswer("500")),
        })
        {
            Assert.Equal((RequestProgress.Intended, HangUpReason.Normal), (call.State.HangUp, call.State.HangUpReason));
            Assert.Single(call.Journal.EntriesAfter(0), e => e.Event is HangUpIntended);
        }
    }

    [Fact]
    public void An_ended_call_refuses_a_hang_up_and_no_late_event_revives_it()
    {
        var call = new Replay(ToConnected);
        call.Take(new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.FromSeconds(5)));
        Assert.Equal(CallEffect.CloseMedia, call.NextEffect);
        call.Take(new CallCommand.CloseMedia());
        Assert.Equal(CallEffect.Record, call.NextEffect);
        var ended = call.State;
        Assert.Equal("it is over", call.Decide(HangUp).Refusal);
        call.Take(Ring, new CallCommand.Connect(Noon), new CallCommand.Hold(), new CallCommand.End(EndReason.Error, TimeSpan.Zero));
        Assert.Equal(ended, call.State);
    }

    [Fact]
    public void Audio_that_failed_or_never_came_about_is_let_go_all_the_same()
    {
        var failed = new Replay([.. ToConnected, new CallCommand.FailMedia("the room was lost")]);
        var cancelled = new Replay(Ring, Route);
        foreach (var call in new[] { failed, cancelled })
        {
            call.Take(new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.Zero));
            Assert.Equal(CallEffect.CloseMedia, call.NextEffect);
            call.Take(new CallCommand.CloseMedia(), new CallCommand.CloseMedia());
            Assert.Equal(CallEffect.Record, call.NextEffect);
            Assert.Single(call.Journal.EntriesAfter(0), e => e.Event is MediaClosed);
        }
        Assert.Equal(CallEffect.Record, new Replay(Ring, new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.Zero)).NextEffect);
    }

    [Fact]
    public void A_call_that_was_answered_elsewhere_lets_go_of_its_audio_and_goes_on()
    {
        var call = new Replay(Ring, Route, JoinRoom, OpenGate, new CallCommand.Connect(Noon));
        Assert.Equal((CallPhase.Connected, CallEffect.CloseMedia), (call.State.Phase, call.NextEffect));
        call.Take(new CallCommand.FailMedia("closed"), new CallCommand.CloseMedia());
        Assert.Equal((CallEffect.None, RequestProgress.None), (call.NextEffect, call.State.HangUp));
    }

    [Fact]
    public void An_agent_who_was_ready_in_a_lost_room_is_awaited_anew_in_the_next()
    {
        var call = new Replay(Ring, Route, JoinRoom, new CallCommand.FailMedia("room lost"), OpenGate);
        Assert.False(call.State.AgentReady);
        call.Take(JoinRoom);
        Assert.Equal(CallEffect.AwaitAgent, call.NextEffect);
    }

    [Fact]
    public void A_ringing_call_that_loses_its_room_again_and_again_is_refused_as_busy()
    {
        var call = new Replay(Ring, Route);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(CallEffect.OpenRoom, call.NextEffect);
            call.Take(JoinRoom, new CallCommand.FailMedia("room lost"));
        }
        Assert.Equal((CallEffect.HangUp, HangUpReason.Busy), (call.NextEffect, call.State.HangUpReason));
    }

    [Fact]
    public void An_answer_that_GoTo_takes_and_does_not_act_on_is_sent_three_times_and_no_more()
    {
        var call = new Replay(Ring, Route, JoinRoom, OpenGate);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(CallEffect.Answer, call.NextEffect);
            call.Take(new CallCommand.IntendAnswer(), new CallCommand.Reconcile(StillRinging));
        }
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
        Assert.Contains(call.Journal.EntriesAfter(0), e => e.Event is AnswerFailed);
    }

    [Fact]
    public void A_call_that_waits_for_GoTo_s_word_asks_after_a_while()
    {
        var offering = new Replay(Ring, Route, JoinRoom, OpenGate, new CallCommand.IntendAnswer(), new CallCommand.AcceptAnswer(false, null));
        var leaving = new Replay([.. ToConnected, new CallCommand.Transfer("tel:+15551112222")]);
        foreach (var call in new[] { offering, leaving })
            Assert.Equal(TimeSpan.FromSeconds(10), CallEffects.AskAfter(call.State));
        Assert.Null(CallEffects.AskAfter(new Replay(ToConnected).State));
        leaving.Take(new CallCommand.Reconcile(GoToCalls.Unknown));
        Assert.Equal(EndReason.Transfer, leaving.State.EndReason);
    }

    [Fact]
    public void What_GoTo_says_of_hold_is_taken_over_when_events_were_missed()
    {
        var call = new Replay(ToConnected);
        call.Take(new CallCommand.Reconcile(StillConnected with { OnHold = true }));
        Assert.True(call.State.OnHold);
        call.Take(new CallCommand.Reconcile(StillConnected));
        Assert.False(call.State.OnHold);
    }

    [Fact]
    public void Lost_audio_of_a_ringing_call_is_opened_anew()
    {
        var call = new Replay(Ring, Route, JoinRoom, OpenGate, new CallCommand.FailMedia("silo died"));
        Assert.Equal(CallEffect.OpenRoom, call.NextEffect);
        Assert.Equal((null, false), (call.State.Room, call.State.AgentReady));
    }

    [Fact]
    public void A_call_that_GoTo_no_longer_knows_ends_as_lost()
    {
        var call = new Replay(ToConnected);
        call.Take(new CallCommand.Reconcile(GoToCalls.Unknown));
        Assert.Equal((CallPhase.Ended, EndReason.Lost), (call.State.Phase, call.State.EndReason));
    }

    [Fact]
    public void An_answer_that_a_crash_cut_off_is_sent_again_only_if_GoTo_never_got_it()
    {
        CallCommand[] intended = [Ring, Route, JoinRoom, OpenGate, new CallCommand.IntendAnswer()];

        var lost = new Replay(intended);
        lost.Take(new CallCommand.Reconcile(StillRinging));
        Assert.Equal(CallEffect.Answer, lost.NextEffect);

        var arrived = new Replay(intended);
        arrived.Take(new CallCommand.Reconcile(StillConnected));
        Assert.Equal((CallPhase.Connected, CallEffect.None), (arrived.State.Phase, arrived.NextEffect));
    }

    [Fact]
    public void Nothing_is_done_for_a_call_that_never_rang()
    {
        var call = new Replay();
        Assert.NotNull(call.Decide(new CallCommand.End(EndReason.Error, TimeSpan.Zero)).Refusal);
        Assert.Equal(CallEffect.None, call.NextEffect);
    }

    [Fact]
    public void The_journal_is_bounded_and_its_state_keeps_what_was_trimmed()
    {
        var call = new Replay(ToConnected);
        for (var i = 0; i < CallJournal.MostEntries; i++) call.Take(new CallCommand.ReceiveDigit("5", null, DigitSource.Event));
        Assert.Equal(CallJournal.MostEntries, call.Journal.EntriesAfter(0).Count());
        Assert.Equal(call.State.Version, call.Journal.EntriesAfter(0).Last().Version);
        Assert.Equal(ToConnected.Length + 1 + 1, call.Journal.Oldest);
        Assert.Equal(CallPhase.Connected, call.State.Phase);
    }

    [Fact]
    public void Random_commands_never_reach_an_illegal_state()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var call = new Replay(Ring);
            for (var step = 0; step < 40; step++)
            {
                var before = call.State;
                call.Take(AnyCommand(random));
                Assert.True(call.State.Version >= before.Version, $"seed {seed} step {step}: version fell");
                Assert.False(before.Phase is CallPhase.Ended && call.State.Phase is not CallPhase.Ended, $"seed {seed}: revived");
                Assert.False(before.Phase is CallPhase.Connected && call.State.Phase < CallPhase.Connected, $"seed {seed}: fell back");
                Assert.False(call.NextEffect is CallEffect.Answer && call.State.HangUp is not RequestProgress.None, $"seed {seed}");
                Assert.Equal(Text(call.State), Text(call.Journal.EntriesAfter(0).Aggregate(new CallState(), (s, e) => s.Apply(e))));
            }
        }
    }

    private static string Text(CallState state) => System.Text.Json.JsonSerializer.Serialize(state);

    private static CallCommand AnyCommand(Random random) => random.Next(18) switch
    {
        0 => Ring, 1 => Route, 2 => new CallCommand.Route(null), 3 => JoinRoom, 4 => OpenGate,
        5 => new CallCommand.ShutGate("none"), 6 => new CallCommand.IntendAnswer(), 7 => Answered,
        8 => new CallCommand.FailAnswer("500"), 9 => new CallCommand.Connect(null),
        10 => new CallCommand.FailMedia("gone"), 11 => HangUp,
        12 => new CallCommand.AcceptHangUp(), 13 => new CallCommand.FailHangUp("503"),
        14 => new CallCommand.Hold(), 15 => new CallCommand.Resume(),
        16 => new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.Zero),
        _ => new CallCommand.Reconcile(StillRinging with { Connected = random.Next(2) == 0 }),
    };
}
