using GoTo.Calls;
using static GoTo.Grains.Tests.Calls.Replay;

namespace GoTo.Grains.Tests.Calls;

public sealed class OperationTests
{
    private static readonly CallOperation Hold = new CallOperation.Hold();
    private static readonly CallOperation Resume = new CallOperation.Resume();
    private static readonly CallOperation Mute = new CallOperation.Mute();
    private static readonly CallOperation Transfer = new CallOperation.BlindTransfer("ext:1001");

    [Fact]
    public void A_command_is_an_intent_first_then_a_request_then_an_outcome()
    {
        var call = Connected();
        call.Ask(Hold);
        Assert.Equal((CallEffect.Operate, false), (call.NextEffect, call.State.OnHold));
        Assert.Null(call.Outcome("Hold"));
        call.Settle("Hold");
        Assert.Equal((CallEffect.None, HoldOrigin.Local), (call.NextEffect, call.State.HeldBy));
        Assert.Equal(new CommandOutcome(new CommandId("Hold"), CommandResult.Done), call.Outcome("Hold"));
    }

    [Fact]
    public void The_same_id_again_is_the_same_command_also_after_the_end()
    {
        var call = Connected();
        call.Ask(Hold, "a");
        call.Settle("a").Take(new CallCommand.End(EndReason.RemoteHangUp, TimeSpan.Zero));
        var before = call.State;
        Assert.Null(call.Ask(Hold, "a").Refusal);
        Assert.Equal(before, call.State);
        Assert.Equal("its id already stands for Hold", call.Ask(Mute, "a").Refusal);
        Assert.Equal("it is over", call.Ask(Mute, "b").Refusal);
        Assert.Equal(CommandResult.Done, call.Outcome("a")!.Result);
    }

    [Fact]
    public void Commands_are_carried_out_in_the_order_in_which_they_were_taken()
    {
        var call = Connected();
        call.Ask(Hold, "1");
        call.Ask(Resume, "2");
        call.Ask(Mute, "3");
        foreach (var id in new[] { "1", "2", "3" })
        {
            Assert.Equal(new CommandId(id), call.State.NextRequest!.Id);
            call.Settle(id);
        }
        Assert.Equal((false, true), (call.State.OnHold, call.State.Muted));
    }

    [Fact]
    public void Mute_outlives_hold_and_resume_and_held_is_said_before_muted()
    {
        var key = new CallKey("main", "1");
        var call = Connected();
        call.Ask(Mute);
        call.Settle("Mute");
        Assert.Equal(WireState.Muted, call.State.ToSnapshot(key).WireState);
        call.Ask(Hold);
        call.Settle("Hold");
        Assert.Equal(WireState.Held, call.State.ToSnapshot(key).WireState);
        call.Ask(Resume);
        call.Settle("Resume");
        Assert.Equal(WireState.Muted, call.State.ToSnapshot(key).WireState);
    }

    [Fact]
    public void What_is_so_already_is_done_without_a_request()
    {
        var call = Connected();
        call.Ask(new CallOperation.Unmute());
        Assert.Equal((CommandResult.Done, CallEffect.None), (call.Outcome("Unmute")!.Result, call.NextEffect));
        call.Ask(Hold);
        call.Settle("Hold");
        call.Ask(Hold, "again");
        Assert.Equal((CommandResult.Done, CallEffect.None), (call.Outcome("again")!.Result, call.NextEffect));
    }

    [Fact]
    public void Held_by_the_other_side_is_told_from_held_by_us()
    {
        var call = Connected().Take(new CallCommand.Hold());
        Assert.Equal(HoldOrigin.Remote, call.State.HeldBy);
        call.Take(new CallCommand.Resume());
        call.Ask(Hold);
        call.Take(new CallCommand.Hold());
        Assert.Equal((HoldOrigin.Local, CommandResult.Done), (call.State.HeldBy, call.Outcome("Hold")!.Result));
        var version = call.State.Version;
        call.Settle("Hold");
        Assert.Equal(version, call.State.Version);
    }

    [Fact]
    public void A_late_echo_of_our_own_hold_does_not_undo_our_resume()
    {
        var call = Connected();
        call.Ask(Hold);
        call.Settle("Hold");
        call.Ask(Resume);
        call.Settle("Resume").Take(new CallCommand.Hold());
        Assert.False(call.State.OnHold);
        call.Take(new CallCommand.Resume());
        Assert.Empty(call.State.Echoes);
        call.Take(new CallCommand.Hold());
        Assert.Equal(HoldOrigin.Remote, call.State.HeldBy);
    }

    [Fact]
    public void An_echo_that_never_came_hides_no_later_hold()
    {
        var call = Connected();
        call.Ask(Hold);
        call.Settle("Hold");
        call.Ask(Resume);
        call.Settle("Resume").After(TimeSpan.FromSeconds(6)).Take(new CallCommand.Hold());
        Assert.Equal(HoldOrigin.Remote, call.State.HeldBy);
    }

    [Fact]
    public void A_blind_transfer_is_done_when_GoTo_says_transferred()
    {
        var call = Connected();
        call.Ask(Transfer);
        Assert.Equal("it is being transferred", call.Ask(Mute).Refusal);
        call.Take(new CallCommand.Send(new CommandId("BlindTransfer")), new CallCommand.Take(new CommandId("BlindTransfer")));
        Assert.Equal((CallEffect.None, true), (call.NextEffect, CallEffects.AskAfter(call.State) is not null));
        call.Take(new CallCommand.Transfer("ext:1001"), new CallCommand.End(EndReason.Transfer, TimeSpan.Zero));
        Assert.Equal((CommandResult.Done, EndReason.Transfer), (call.Outcome("BlindTransfer")!.Result, call.State.EndReason));
    }

    [Fact]
    public void A_transfer_whose_target_cannot_be_had_leaves_the_call_as_it_was()
    {
        var call = Connected();
        call.Ask(Hold);
        call.Settle("Hold");
        call.Ask(Transfer);
        call.Take(new CallCommand.Send(new CommandId("BlindTransfer"))).Settle("BlindTransfer", CommandFailure.TransferFailed, "busy");
        Assert.Equal((true, false), (call.State.OnHold, call.State.IsLeaving));
        Assert.Equal((CommandFailure.TransferFailed, "busy"), (call.Outcome("BlindTransfer")!.Failure, call.Outcome("BlindTransfer")!.Detail));
        Assert.Null(call.Ask(Resume).Refusal);
    }

    [Fact]
    public void A_transfer_that_GoTo_took_and_did_not_do_has_failed_once_GoTo_is_asked()
    {
        var call = Connected();
        call.Ask(Transfer);
        call.Take(new CallCommand.Send(new CommandId("BlindTransfer")), new CallCommand.Take(new CommandId("BlindTransfer")),
            new CallCommand.Reconcile(StillConnected));
        Assert.Equal(CommandFailure.TransferFailed, call.Outcome("BlindTransfer")!.Failure);
    }

    [Fact]
    public void A_transfer_that_a_crash_cut_off_is_looked_up_before_it_is_sent_again()
    {
        var sent = new CallCommand.Send(new CommandId("BlindTransfer"));
        var lost = Connected();
        lost.Ask(Transfer);
        lost.Take(sent);
        Assert.Equal(CallEffect.None, lost.NextEffect);
        lost.Take(new CallCommand.Reconcile(StillConnected));
        Assert.Equal(CallEffect.Operate, lost.NextEffect);

        var arrived = Connected();
        arrived.Ask(Transfer);
        arrived.Take(sent, new CallCommand.Reconcile(StillConnected with { State = "transferred", TransferTarget = "ext:1001" }));
        Assert.Equal((CommandResult.Done, CallEffect.None), (arrived.Outcome("BlindTransfer")!.Result, arrived.NextEffect));
    }

    [Fact]
    public void Tones_that_a_crash_cut_off_are_never_sent_again()
    {
        var call = Connected();
        call.Ask(new CallOperation.SendDtmf("12#"));
        call.Take(new CallCommand.Send(new CommandId("SendDtmf")), new CallCommand.Reconcile(StillConnected));
        Assert.Equal((CallEffect.None, CommandFailure.OutcomeUnknown), (call.NextEffect, call.Outcome("SendDtmf")!.Failure));
    }

    [Fact]
    public void The_end_of_the_call_supersedes_what_is_open_and_does_what_wanted_it()
    {
        var call = Connected();
        call.Ask(Hold);
        call.Ask(new CallOperation.HangUp(HangUpReason.Normal));
        Assert.Equal(CallEffect.HangUp, call.NextEffect);
        call.Take(new CallCommand.AcceptHangUp(), new CallCommand.End(EndReason.LocalHangUp, TimeSpan.Zero));
        Assert.Equal(CommandResult.Superseded, call.Outcome("Hold")!.Result);
        Assert.Equal(CommandResult.Done, call.Outcome("HangUp")!.Result);
    }

    [Fact]
    public void A_ringing_call_is_rejected_with_that_reason()
    {
        var call = new Replay(Ring);
        call.Ask(new CallOperation.Reject());
        Assert.Equal((CallEffect.HangUp, HangUpReason.Rejected), (call.NextEffect, call.State.HangUpReason));
        Assert.Equal("it does not ring", Connected().Ask(new CallOperation.Reject()).Refusal);
    }

    [Fact]
    public void A_service_may_answer_before_the_agent_is_ready()
    {
        var call = new Replay(Ring, Route, JoinRoom);
        call.Ask(new CallOperation.Answer());
        Assert.Equal(CallEffect.Answer, call.NextEffect);
        call.Take(new CallCommand.ShutGate("late"), new CallCommand.IntendAnswer(), Answered);
        Assert.Equal((CallPhase.Connected, CommandResult.Done), (call.State.Phase, call.Outcome("Answer")!.Result));
    }

    [Fact]
    public void No_more_than_a_few_commands_are_open_at_once_and_the_last_hundred_are_remembered()
    {
        var call = Connected();
        for (var i = 0; i < OperationRules.MostOpen; i++) Assert.Null(call.Ask(i % 2 == 0 ? Hold : Resume, $"{i}").Refusal);
        Assert.Contains("are open already", call.Ask(Mute).Refusal);
        for (var i = 0; i < 150; i++)
        {
            call.Settle(call.State.NextRequest!.Id.ToString());
            call.Ask(i % 2 == 0 ? Hold : Resume, $"more-{i}");
        }
        Assert.InRange(call.State.Commands.Count(c => !c.IsOpen), 100, 101);
        Assert.Equal(OperationRules.MostOpen, call.State.OpenCommands.Count());
    }

    [Fact]
    public void A_key_that_comes_both_ways_is_reported_once()
    {
        var call = Connected();
        CallCommand heard = new CallCommand.ReceiveDigit("5", null, DigitSource.Audio), told = new CallCommand.ReceiveDigit("5", null, DigitSource.Event);
        call.Take(heard, heard, told, told);
        Assert.Equal(2, call.Events.Count(e => e is DigitReceived));
        call.After(DigitRules.Window).Take(told);
        Assert.Equal(3, call.Events.Count(e => e is DigitReceived));
    }
}
