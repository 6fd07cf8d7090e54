using GoTo.Calls;
using GoTo.Media;
using GoTo.Numbers;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

/// <summary>The room server does not take a room, or a dispatch.</summary>
public sealed class DispatchTests
{
    private static readonly NumberRegistration Number = new("acme", "first")
    {
        NextAgents = ["second"], Fallback = "ext:1001", AgentTimeout = TimeSpan.FromSeconds(8),
        AgentLoss = new AgentLossPolicy { ReturnTimeout = TimeSpan.Zero },
    };

    private static readonly CallCommand.ShutGate ForNow = new("500") { MayPass = true };
    private static readonly CallCommand.ShutGate ForGood = new("403");

    [Fact]
    public void A_room_that_is_refused_for_the_moment_is_asked_for_again_and_the_call_goes_on()
    {
        var call = Ringing(Number).Take(ForNow, ForNow);
        Assert.Equal((2, "first", CallEffect.OpenRoom), (call.State.DispatchRefusals, call.State.Agent, call.NextEffect));
        call.Take(JoinRoom);
        Assert.Equal((0, false, CallEffect.AwaitAgent), (call.State.DispatchRefusals, call.State.DispatchDue, call.NextEffect));
    }

    [Fact]
    public void A_room_that_is_refused_for_good_is_asked_for_the_next_agent_at_once()
    {
        var call = Ringing(Number).Take(ForGood);
        Assert.Equal(("second", CallEffect.OpenRoom), (call.State.Agent, call.NextEffect));
        // It may be there all the same, with the first one dispatched to it.
        Assert.True(RoomRequest.Of(call.State).DispatchDue);
        call.Take(JoinRoom);
        Assert.Equal((true, CallEffect.AwaitAgent), (call.State.DispatchDue, call.NextEffect));
        Assert.Equal("call-1", RoomRequest.Of(call.State).Existing);
    }

    [Fact]
    public void A_room_server_that_is_away_costs_the_time_of_one_agent_however_many_there_are()
    {
        var call = Ringing(Number with { NextAgents = ["second", "third"] });
        var asked = 0;
        for (; call.NextEffect is CallEffect.OpenRoom; asked++)
        {
            Assert.True(call.Now < Noon.AddSeconds(9), "it rings on and on");
            call.Take(ForNow).After(DispatchRules.Pause(call.State));
        }
        Assert.InRange(asked, 5, 15);
        Assert.Equal(("ext:1001", CallEffect.Answer), (call.State.FallbackTarget, call.NextEffect));
        Assert.Equal(3, call.Events.OfType<AgentMissing>().Count());
    }

    [Fact]
    public void A_dispatch_into_the_room_is_asked_for_again_in_the_time_of_its_own_agent()
    {
        var call = Ringing(Number).Take(JoinRoom).After(TimeSpan.FromSeconds(8)).Take(new CallCommand.ShutGate("no agent"), ForNow);
        Assert.Equal((1, "second", CallEffect.AwaitAgent), (call.State.DispatchRefusals, call.State.Agent, call.NextEffect));
        call.After(TimeSpan.FromSeconds(8)).Take(ForNow);
        Assert.Equal("ext:1001", call.State.FallbackTarget);
    }

    [Fact]
    public void An_agent_that_is_sought_mid_call_is_asked_for_again_too()
    {
        var call = Ringing(Number).Take(JoinRoom, OpenGate, new CallCommand.IntendAnswer(), Answered, new CallCommand.LoseAgent("gone"), new CallCommand.Expire(TimeLimit.AgentReturn), ForNow);
        Assert.Equal(("first", CallEffect.DispatchAgent), (call.State.Agent, call.NextEffect));
        call.Take(ForGood);
        Assert.Equal(("second", CallEffect.DispatchAgent, TimeSpan.Zero), (call.State.Agent, call.NextEffect, DispatchRules.Pause(call.State)));
    }

    [Fact]
    public void A_call_that_we_placed_is_asked_a_room_for_again_and_hung_up_when_there_is_none()
    {
        foreach (var answered in new[] { false, true })
        {
            var call = new Replay(new CallCommand.Dial("dial-main/1", new DialRequest("acme", "line_1", "tel:+1", "sales"), null));
            if (answered) call.Take(new CallCommand.Connect(Noon));
            call.Take(ForNow);
            Assert.Equal(CallEffect.OpenRoom, call.NextEffect);
            call.After(TimeSpan.FromSeconds(10)).Take(ForNow);
            Assert.Equal(CallEffect.HangUp, call.NextEffect);
        }
    }

    [Fact]
    public void What_nobody_needs_any_more_is_not_asked_for_again()
    {
        var call = Ringing(Number);
        call.Ask(new CallOperation.HangUp(HangUpReason.Normal));
        call.Take(ForNow);
        Assert.DoesNotContain(call.Events, e => e is DispatchRefused);
    }

    [Fact]
    public void The_pauses_grow_and_differ_from_call_to_call_and_are_the_same_when_they_are_replayed()
    {
        var states = Enumerable.Range(0, 100)
            .Select(i => new CallState { CreatedAt = Noon.AddTicks(i * 7919), DispatchRefusals = 3 }).ToList();
        Assert.All(states, state => Assert.InRange(DispatchRules.Pause(state).TotalSeconds, 0.5, 1));
        Assert.True(states.Select(DispatchRules.Pause).Distinct().Count() > 90, "they come back together");
        Assert.Equal(states.Select(DispatchRules.Pause), states.Select(DispatchRules.Pause));
        Assert.InRange(DispatchRules.Pause(new CallState { CreatedAt = Noon, DispatchRefusals = 50 }).TotalSeconds, 2, 4);
    }

    private static Replay Ringing(NumberRegistration number) => new(Ring, new CallCommand.Route(number));
}
