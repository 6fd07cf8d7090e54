using GoTo.Calls;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

public sealed class CallGuardTests
{
    private static readonly CallSettings Settings = new();

    [Fact]
    public void A_call_that_rings_too_long_is_hung_up_and_one_that_we_placed_ends_as_not_answered()
    {
        var inbound = new Replay(Ring);
        Assert.Equal((TimeLimit.Ringing, Noon + Settings.LongestRing), CallGuards.Next(inbound.State, Settings));
        inbound.Take(new CallCommand.Expire(TimeLimit.Ringing));
        Assert.Equal((CallEffect.HangUp, HangUpReason.Busy), (inbound.NextEffect, inbound.State.HangUpReason));

        var request = new DialRequest("acme", "line_1", "tel:+1", "sales") { RingTimeout = TimeSpan.FromSeconds(20) };
        var outbound = new Replay(new CallCommand.Dial("dial-main/1", request, null));
        Assert.Equal((TimeLimit.Ringing, Noon.AddSeconds(20)), CallGuards.Next(outbound.State, Settings));
        outbound.Take(new CallCommand.Expire(TimeLimit.Ringing), new CallCommand.AcceptHangUp(), new CallCommand.End(EndReason.LocalHangUp, TimeSpan.Zero));
        Assert.Equal(EndReason.NoAnswer, outbound.State.EndReason);
    }

    [Fact]
    public void A_call_ends_after_its_longest_duration()
    {
        var call = Connected();
        Assert.Equal((TimeLimit.Duration, Noon + Settings.LongestCall), CallGuards.Next(call.State, Settings));
        call.Take(new CallCommand.Expire(TimeLimit.Duration), new CallCommand.Expire(TimeLimit.Duration));
        Assert.Single(call.Events, e => e is HangUpIntended { Actor: "cluster" });
        Assert.Null(CallGuards.Next(call.State, Settings));
    }

    [Fact]
    public void A_silent_phone_is_warned_of_then_hung_up()
    {
        var call = Connected().After(TimeSpan.FromMinutes(1)).Take(new CallCommand.LapseAudio(CallGuards.Noticed));
        var since = Noon.AddSeconds(50);
        Assert.Equal((TimeLimit.SilenceWarning, since.AddSeconds(30)), CallGuards.Next(call.State, Settings));
        call.Take(new CallCommand.Expire(TimeLimit.SilenceWarning), new CallCommand.Expire(TimeLimit.SilenceWarning));
        Assert.Single(call.Events, e => e is AudioMissing);
        Assert.Equal((TimeLimit.Silence, since.AddSeconds(60)), CallGuards.Next(call.State, Settings));
        call.Take(new CallCommand.Expire(TimeLimit.Silence));
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
    }

    [Fact]
    public void A_phone_may_be_silent_on_hold_and_speak_again()
    {
        var call = Connected().Take(new CallCommand.LapseAudio(CallGuards.Noticed), new CallCommand.Hold());
        Assert.Equal(TimeLimit.Duration, CallGuards.Next(call.State, Settings)!.Value.Limit);
        call.Take(new CallCommand.Expire(TimeLimit.Silence));
        Assert.Equal(CallEffect.None, call.NextEffect);
        call.After(TimeSpan.FromMinutes(5)).Take(new CallCommand.Resume());
        Assert.Equal((TimeLimit.SilenceWarning, call.Now + Settings.SilenceWarning), CallGuards.Next(call.State, Settings));
        call.Take(new CallCommand.ReturnAudio());
        Assert.Equal(TimeLimit.Duration, CallGuards.Next(call.State, Settings)!.Value.Limit);
    }

    [Fact]
    public void A_transferred_call_that_GoTo_does_not_end_is_ended_here()
    {
        var call = Connected().Take(new CallCommand.Transfer("ext:1001"));
        Assert.Equal((TimeLimit.Leaving, Noon.AddSeconds(15)), CallGuards.Next(call.State, Settings));
        call.Take(new CallCommand.Expire(TimeLimit.Leaving));
        Assert.Equal((CallPhase.Ended, EndReason.Transfer), (call.State.Phase, call.State.EndReason));
    }

    [Fact]
    public void An_announcement_is_under_way_beside_other_commands()
    {
        var call = Connected();
        call.Ask(new CallOperation.PlayAnnouncement("welcome"), "play");
        call.Take(new CallCommand.Send(new CommandId("play")), new CallCommand.Take(new CommandId("play")));
        call.Ask(new CallOperation.Mute());
        Assert.Equal(new CommandId("Mute"), call.State.NextRequest!.Id);
        call.Settle("Mute").Take(new CallCommand.Reconcile(StillConnected)).Settle("play");
        Assert.Equal(CommandResult.Done, call.Outcome("play")!.Result);
    }
}
