using GoTo.Calls;
using GoTo.Numbers;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

/// <summary>What becomes of a talk whose audio is lost.</summary>
public sealed class RescueTests
{
    private static readonly CallCommand Lost = new CallCommand.FailMedia("its silo is gone");
    private static readonly CallCommand[] Talking =
        [.. ToConnected, new CallCommand.StartAudio(AudioDirection.FromCaller), new CallCommand.StartAudio(AudioDirection.FromAgent)];

    private static CallOperation? Asked(Replay call) => call.State.NextRequest?.Operation;

    [Fact]
    public void A_caller_is_passed_on_to_the_number_that_was_called()
    {
        var call = new Replay(Talking).Take(Lost);
        Assert.Equal((CallEffect.Operate, new CallOperation.BlindTransfer("tel:+15559876543")), (call.NextEffect, Asked(call)));
        Assert.DoesNotContain(call.Events, e => e is HangUpIntended);
    }

    [Fact]
    public void Who_cannot_come_back_goes_to_the_number_s_fallback_and_else_is_hung_up()
    {
        var call = Registered("ext:1001").Take(Lost);
        Fail(call, RescueRules.ReturnId);
        Assert.Equal(new CallOperation.BlindTransfer("ext:1001"), Asked(call));
        Fail(call, RescueRules.ElsewhereId);
        Assert.Equal(CallEffect.HangUp, call.NextEffect);

        var without = new Replay(Talking).Take(Lost);
        Fail(without, RescueRules.ReturnId);
        Assert.Equal(CallEffect.HangUp, without.NextEffect);
    }

    [Fact]
    public void A_call_that_never_had_audio_does_not_come_back_again_and_again()
    {
        Assert.Equal(CallEffect.HangUp, new Replay(ToConnected).Take(Lost).NextEffect);
        Assert.Equal(
            new CallOperation.BlindTransfer("ext:1001"),
            Asked(new Replay([Ring, Route with { Registration = Route.Registration! with { Fallback = "ext:1001" } }, .. ToConnected[2..], Lost])));
    }

    [Fact]
    public void A_call_that_we_placed_is_hung_up()
    {
        var call = new Replay(
            new CallCommand.Dial("dial-1", new DialRequest("acme", "line_1", "tel:+15551112222", "agent"), null), JoinRoom,
            new CallCommand.IntendAnswer(), Answered, new CallCommand.StartAudio(AudioDirection.FromCaller),
            new CallCommand.StartAudio(AudioDirection.FromAgent), Lost);
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
    }

    [Fact]
    public void A_caller_whom_a_transfer_has_on_hold_waits_for_it_and_is_passed_on_when_it_is_called_off()
    {
        var call = new Replay(Talking).Take(new CallCommand.Claim("transfer-1"));
        Operate(call, new CallOperation.Hold());
        call.Take(Lost);
        Assert.Null(Asked(call));
        Assert.False(call.State.IsHangingUp);

        Operate(call, new CallOperation.Resume());

        Assert.Equal(new CallOperation.BlindTransfer("tel:+15559876543"), Asked(call));
    }

    [Fact]
    public void A_call_that_is_leaving_anyway_is_left_alone_and_passed_on_when_that_fails()
    {
        var call = new Replay(Talking);
        call.Ask(new CallOperation.BlindTransfer("ext:1002"), "away");
        call.Take(Lost);
        Assert.Equal(new CallOperation.BlindTransfer("ext:1002"), Asked(call));
        Fail(call, new CommandId("away"));
        Assert.Equal(new CallOperation.BlindTransfer("tel:+15559876543"), Asked(call));
    }

    [Fact]
    public void A_rescue_is_decided_again_as_it_was()
    {
        var call = Registered("ext:1001").Take(Lost);
        Fail(call, RescueRules.ReturnId);
        Assert.Null(CallReplay.Run(new CallKey("main", "call-1"), call.Journal).DivergesAt);
    }

    private static Replay Registered(string fallback) =>
        new([Ring, new CallCommand.Route(new NumberRegistration("acme", "receptionist") { Fallback = fallback }), .. Talking[2..]]);

    private static void Operate(Replay call, CallOperation operation)
    {
        var id = new CommandId(operation.Name);
        call.Take(new CallCommand.Operate(id, operation, "transfer-1"), new CallCommand.Settle(id, CommandFailure.None, null));
    }

    private static void Fail(Replay call, CommandId id) =>
        call.Take(new CallCommand.Send(id), new CallCommand.Settle(id, CommandFailure.TransferFailed, "409"));
}
