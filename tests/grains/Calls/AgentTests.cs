using GoTo.Calls;
using GoTo.Numbers;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

/// <summary>The agent leaves while the call goes on.</summary>
public sealed class AgentTests
{
    private static readonly NumberRegistration Number = new("acme", "first")
    {
        NextAgents = ["second"], Fallback = "ext:1001", AgentTimeout = TimeSpan.FromSeconds(8),
        AgentLoss = new AgentLossPolicy { ReturnTimeout = TimeSpan.FromSeconds(3), Announcement = "wait" },
    };

    private static readonly CallCommand.LoseAgent Gone = new("agent-1 is not heard any more");
    private static readonly CallCommand.Expire NotThere = new(TimeLimit.AgentReturn);

    [Fact]
    public void An_agent_that_comes_back_in_time_goes_on_with_the_talk()
    {
        var call = Talk(Number).Take(Gone);
        Assert.Equal((TimeLimit.AgentReturn, Noon.AddSeconds(3)), CallGuards.Next(call.State, new CallSettings()));
        Assert.Equal("wait", call.State.Flow.Announcement);
        call.After(TimeSpan.FromSeconds(2)).Take(OpenGate, NotThere);
        Assert.Equal((null, true, CallEffect.None), (call.State.Flow.Announcement, call.State.AgentReady, call.NextEffect));
        Assert.Equal(TimeLimit.Duration, CallGuards.Next(call.State, new CallSettings())!.Value.Limit);
    }

    [Fact]
    public void One_of_the_same_name_is_sought_then_the_next_then_the_fallback_counts()
    {
        var call = Talk(Number).Take(Gone).After(TimeSpan.FromSeconds(3)).Take(NotThere);
        Assert.Equal(("first", CallEffect.DispatchAgent), (call.State.Agent, call.NextEffect));
        call.Take(new CallCommand.NoteDispatch());
        Assert.Equal((TimeLimit.AgentReturn, call.Now.AddSeconds(8)), CallGuards.Next(call.State, new CallSettings()));
        call.After(TimeSpan.FromSeconds(8)).Take(NotThere);
        Assert.Equal(("second", CallEffect.DispatchAgent), (call.State.Agent, call.NextEffect));
        call.Take(new CallCommand.ShutGate("503"));
        Assert.Equal(new CallOperation.BlindTransfer("ext:1001"), call.State.NextRequest!.Operation);
        Assert.Null(CallGuards.Next(call.State, new CallSettings()) is { Limit: TimeLimit.AgentReturn } due ? due : null);
    }

    [Fact]
    public void A_timer_of_the_wait_before_does_not_end_the_one_after()
    {
        var call = Talk(Number).Take(Gone).After(TimeSpan.FromSeconds(3)).Take(NotThere, NotThere);
        Assert.Equal("first", Assert.Single(call.Events.OfType<AgentSought>()).Agent);
    }

    [Fact]
    public void Without_fallback_or_redispatch_the_call_is_hung_up_after_the_wait()
    {
        var alone = Number with { Fallback = null, AgentLoss = new AgentLossPolicy { Redispatch = false } };
        var call = Talk(alone).Take(Gone).After(TimeSpan.FromSeconds(5)).Take(NotThere);
        Assert.Equal((CallEffect.HangUp, HangUpReason.Normal), (call.NextEffect, call.State.HangUpReason));
    }

    [Fact]
    public void An_agent_that_leaves_again_and_again_is_not_waited_for_for_ever()
    {
        var call = Talk(Number);
        for (var losses = 0; call.State.FallbackTarget is null; losses++)
        {
            Assert.True(losses < 10);
            call.Take(Gone).After(TimeSpan.FromSeconds(3)).Take(NotThere);
            if (call.State.FallbackTarget is null) call.Take(new CallCommand.NoteDispatch(), OpenGate);
        }
        Assert.Equal(CallEffect.Operate, call.NextEffect);
    }

    [Fact]
    public void Whoever_looks_after_the_caller_otherwise_is_left_to_it()
    {
        foreach (var otherwise in new CallCommand[]
        {
            new CallCommand.Claim("transfer"), new CallCommand.Transfer("ext:1002"), HangUpBy("billing"),
        })
        {
            var call = Talk(Number).Take(otherwise).Take(Gone).After(TimeSpan.FromMinutes(1)).Take(NotThere);
            Assert.DoesNotContain(call.Events, e => e is AgentSought or FallbackIntended);
            Assert.Null(call.State.Flow.Announcement);
        }
    }

    [Fact]
    public void A_claim_that_ends_without_an_agent_is_made_up_for()
    {
        var call = Talk(Number).Take(new CallCommand.Claim("transfer"), Gone).After(TimeSpan.FromMinutes(1)).Take(new CallCommand.Release("transfer"));
        Assert.Equal(TimeLimit.AgentReturn, CallGuards.Next(call.State, new CallSettings())!.Value.Limit);
        call.Take(NotThere);
        Assert.Equal(CallEffect.DispatchAgent, call.NextEffect);
    }

    [Fact]
    public void On_hold_the_caller_hears_no_announcement_and_the_agent_is_sought_all_the_same()
    {
        var call = Talk(Number).Take(new CallCommand.Hold(), Gone);
        Assert.Null(call.State.Flow.Announcement);
        call.After(TimeSpan.FromSeconds(3)).Take(NotThere);
        Assert.Equal(CallEffect.DispatchAgent, call.NextEffect);
    }

    [Fact]
    public void A_call_that_we_placed_and_whose_agent_is_not_there_when_it_is_answered_is_no_silent_call()
    {
        var call = new Replay(
            new CallCommand.Dial("dial-main/1", new DialRequest("acme", "line_1", "tel:+1", "sales"), null), JoinRoom, new CallCommand.IntendAnswer(), Answered);
        call.Take(Gone);
        Assert.Equal((TimeLimit.AgentReturn, Noon.AddSeconds(10)), CallGuards.Next(call.State, new CallSettings()));
        call.After(TimeSpan.FromSeconds(10)).Take(NotThere);
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
    }

    [Fact]
    public void A_room_that_is_ended_on_purpose_ends_the_talk_and_is_replaced_while_it_rings()
    {
        var call = Talk(Number).Take(new CallCommand.LoseRoom("ROOM_DELETED"));
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
        Assert.Equal("agent", Assert.Single(call.Events.OfType<HangUpIntended>()).Actor);
        var ringing = new Replay(Ring, new CallCommand.Route(Number), JoinRoom, new CallCommand.LoseRoom("ROOM_DELETED"));
        Assert.Equal(CallEffect.OpenRoom, ringing.NextEffect);
    }

    private static CallCommand.Operate HangUpBy(string actor) => new(new CommandId("hang-up"), new CallOperation.HangUp(HangUpReason.Normal), actor);

    private static Replay Talk(NumberRegistration number) =>
        new(Ring, new CallCommand.Route(number), JoinRoom, OpenGate, new CallCommand.IntendAnswer(), Answered);
}
