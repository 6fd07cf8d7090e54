using GoTo.Calls;
using GoTo.Numbers;
using GoTo.Tenants;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

public sealed class GateTests
{
    private static readonly NumberRegistration Number =
        new("acme", "first") { NextAgents = ["second"], Fallback = "ext:1001" };

    private static readonly CallCommand.ShutGate NoAgent = new("no agent");

    [Fact]
    public void The_next_agent_is_asked_in_the_same_room_and_after_the_last_the_fallback_counts()
    {
        var call = new Replay(Ring, new CallCommand.Route(Number), JoinRoom, NoAgent);
        Assert.Equal(("second", true, CallEffect.AwaitAgent), (call.State.Agent, call.State.DispatchDue, call.NextEffect));
        call.Take(NoAgent);
        Assert.Equal(("ext:1001", CallEffect.Answer), (call.State.FallbackTarget, call.NextEffect));
        call.Take(new CallCommand.IntendAnswer(), Answered);
        Assert.Equal(new CallOperation.BlindTransfer("ext:1001"), call.State.NextRequest!.Operation);
        Assert.Equal(CallEffect.Operate, call.NextEffect);
    }

    [Fact]
    public void A_fallback_that_cannot_be_had_ends_the_call()
    {
        var call = new Replay(Ring, new CallCommand.Route(Number with { NextAgents = [] }), JoinRoom, NoAgent, new CallCommand.IntendAnswer(), Answered);
        call.Take(new CallCommand.Send(GateRules.FallbackId), new CallCommand.Settle(GateRules.FallbackId, CommandFailure.TransferFailed, "busy"));
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
    }

    [Fact]
    public void A_room_server_that_is_away_or_a_quota_that_is_used_up_leads_to_the_fallback_too()
    {
        foreach (var call in new[]
        {
            new Replay(Ring, new CallCommand.Route(Number with { NextAgents = [] }), NoAgent),
            new Replay(Ring, new CallCommand.Route(Number, Quota.ConcurrentCalls)),
            new Replay(Ring, new CallCommand.Route(null) { UnknownNumbers = "ext:1001" }),
        })
        {
            Assert.Equal(("ext:1001", CallEffect.Answer), (call.State.FallbackTarget, call.NextEffect));
            call.Take(new CallCommand.IntendAnswer(), Answered, new CallCommand.Send(GateRules.FallbackId), new CallCommand.Take(GateRules.FallbackId),
                new CallCommand.Transfer("ext:1001"), new CallCommand.End(EndReason.Transfer, TimeSpan.Zero));
            Assert.Equal(CallEffect.CloseMedia, call.NextEffect);
        }
    }

    [Fact]
    public void An_early_greeting_answers_at_once_and_the_agent_is_awaited_then()
    {
        var call = Greeted(Number with { NextAgents = [] });
        Assert.Equal((CallPhase.Connected, CallEffect.AwaitAgent, "ringing"), (call.State.Phase, call.NextEffect, call.State.SipStatus));
        call.Take(OpenGate);
        Assert.Equal((CallEffect.None, "active"), (call.NextEffect, call.State.SipStatus));
        Assert.Empty(call.Decide(NoAgent).Events);
    }

    [Fact]
    public void Who_was_greeted_and_is_not_served_gets_the_next_agent_then_the_fallback()
    {
        var call = Greeted(Number).Take(NoAgent);
        Assert.Equal(("second", true, CallEffect.AwaitAgent), (call.State.Agent, call.State.DispatchDue, call.NextEffect));
        call.Take(NoAgent);
        Assert.Equal(new CallOperation.BlindTransfer("ext:1001"), call.State.NextRequest!.Operation);
        Assert.Equal(CallEffect.Operate, call.NextEffect);
        Assert.Equal(CallEffect.HangUp, Greeted(Number with { NextAgents = [], Fallback = null }).Take(NoAgent).NextEffect);
    }

    [Fact]
    public void A_command_does_not_wait_for_the_agent_of_a_greeted_call()
    {
        var call = Greeted(Number);
        call.Ask(new CallOperation.Hold());
        Assert.Equal(CallEffect.Operate, call.NextEffect);
        call.Ask(new CallOperation.BlindTransfer("ext:1002"));
        call.Take(new CallCommand.Transfer("ext:1002"));
        Assert.NotEqual(CallEffect.AwaitAgent, call.NextEffect);
    }

    private static Replay Greeted(NumberRegistration number)
    {
        var call = new Replay(Ring, new CallCommand.Route(number with { EarlyGreeting = "welcome" }), JoinRoom);
        Assert.Equal(CallEffect.Answer, call.NextEffect);
        return call.Take(new CallCommand.IntendAnswer(), Answered);
    }

    [Fact]
    public void No_service_can_take_the_fallback_s_place() =>
        Assert.Contains("the cluster's own", Connected().Ask(new CallOperation.Hold(), GateRules.FallbackId.ToString()).Refusal);

    [Fact]
    public void A_call_that_we_placed_and_that_is_answered_at_once_still_gets_our_answer()
    {
        var call = new Replay(new CallCommand.Dial("dial-main/1", new DialRequest("acme", "line_1", "tel:+1", "sales"), null), new CallCommand.Connect(Noon));
        Assert.Equal(CallEffect.OpenRoom, call.NextEffect);
        call.Take(JoinRoom);
        Assert.Equal(CallEffect.Answer, call.NextEffect);
        call.Take(new CallCommand.IntendAnswer(), Answered);
        Assert.Equal((CallPhase.Connected, CallEffect.None), (call.State.Phase, call.NextEffect));
    }
}
