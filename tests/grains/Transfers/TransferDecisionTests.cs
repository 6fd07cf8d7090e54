using GoTo.Calls;
using GoTo.Transfers;

namespace GoTo.Grains.Tests.Transfers;

public sealed class TransferDecisionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);
    private static readonly CallKey Consult = new("main", "consult");
    private static readonly CallSight Live = new(Connected: true);

    private static readonly TransferCommand Begin = new TransferCommand.Begin(new WarmTransferRequest("ext:1002"), "acme", "service");

    private static readonly TransferCommand[] ToRinging =
        [Begin, new TransferCommand.ClaimCaller(), new TransferCommand.HoldCaller(), new TransferCommand.PlaceConsult(Consult)];

    private static readonly TransferCommand[] ToBriefing = [.. ToRinging, new TransferCommand.SeeConsult(Live)];

    private static readonly TransferCommand[] ToCompleting = [.. ToBriefing, new TransferCommand.Complete("service")];

    [Fact]
    public void A_warm_transfer_goes_from_hold_over_consult_and_briefing_to_the_target()
    {
        var transfer = new Replay(Begin);
        Assert.Equal(TransferEffect.Claim, transfer.NextEffect);
        transfer.Take(new TransferCommand.ClaimCaller());
        Assert.Equal(TransferEffect.Hold, transfer.NextEffect);
        transfer.Take(new TransferCommand.HoldCaller());
        Assert.Equal(TransferEffect.Dial, transfer.NextEffect);
        transfer.Take(new TransferCommand.PlaceConsult(Consult));
        Assert.Equal((TransferPhase.Ringing, TransferEffect.None), (transfer.State.Phase, transfer.NextEffect));
        transfer.Take(new TransferCommand.SeeConsult(Live));
        Assert.Equal((TransferPhase.Briefing, TransferEffect.None), (transfer.State.Phase, transfer.NextEffect));
        transfer.Take(new TransferCommand.Complete("service"));
        Assert.Equal(TransferEffect.Complete, transfer.NextEffect);
        transfer.Take(new TransferCommand.AcceptCompletion());
        Assert.Equal(TransferEffect.None, transfer.NextEffect);
        transfer.Take(new TransferCommand.SeeCaller(Over(EndReason.Transfer)));
        Assert.Equal(new TransferOutcome(TransferResult.Completed, null, Consult), transfer.State.Outcome);
    }

    [Theory]
    [InlineData(EndReason.Busy, TransferResult.Busy)]
    [InlineData(EndReason.NoAnswer, TransferResult.NoAnswer)]
    [InlineData(EndReason.Rejected, TransferResult.Rejected)]
    [InlineData(EndReason.Error, TransferResult.Unreachable)]
    public void A_target_that_cannot_be_had_gives_the_caller_back_to_the_agent(EndReason end, TransferResult result)
    {
        var transfer = new Replay(ToRinging);
        transfer.Take(new TransferCommand.SeeConsult(Over(end)));
        transfer.IsUndoneBy(TransferEffect.Resume, TransferEffect.Release);
        Assert.Equal(result, transfer.State.Outcome?.Result);
    }

    [Fact]
    public void A_target_that_hangs_up_while_it_is_briefed_gives_the_caller_back_to_the_agent()
    {
        var transfer = new Replay(ToBriefing);
        transfer.Take(new TransferCommand.SeeConsult(Over(EndReason.RemoteHangUp)));
        transfer.IsUndoneBy(TransferEffect.Resume, TransferEffect.Release);
        Assert.Equal(TransferResult.TargetHungUp, transfer.State.Outcome?.Result);
    }

    [Fact]
    public void A_caller_who_hangs_up_while_the_target_rings_leaves_no_consult_behind()
    {
        var transfer = new Replay(ToRinging);
        transfer.Take(new TransferCommand.SeeCaller(Over(EndReason.RemoteHangUp)));
        transfer.IsUndoneBy(TransferEffect.HangUpConsult, TransferEffect.Release);
        Assert.Equal(TransferResult.CallerGone, transfer.State.Outcome?.Result);
    }

    [Fact]
    public void A_transfer_that_is_called_off_before_its_dial_was_answered_finds_the_consult_and_hangs_it_up()
    {
        var transfer = new Replay(Begin, new TransferCommand.ClaimCaller(), new TransferCommand.HoldCaller());
        transfer.Take(new TransferCommand.Cancel("service"));
        transfer.IsUndoneBy(TransferEffect.Resume, TransferEffect.Dial, TransferEffect.HangUpConsult, TransferEffect.Release);
        Assert.Equal(TransferResult.Cancelled, transfer.State.Outcome?.Result);
    }

    [Fact]
    public void A_hold_that_is_still_on_its_way_is_awaited_before_it_is_undone()
    {
        var transfer = new Replay(Begin, new TransferCommand.ClaimCaller());
        transfer.Take(new TransferCommand.Cancel("service"));
        transfer.IsUndoneBy(TransferEffect.Hold, TransferEffect.Resume, TransferEffect.Release);
    }

    [Theory]
    [InlineData(DeclineReason.Refused, TransferResult.Declined)]
    [InlineData(DeclineReason.Voicemail, TransferResult.Voicemail)]
    public void A_target_may_decline(DeclineReason reason, TransferResult result)
    {
        var transfer = new Replay(ToBriefing);
        transfer.Take(new TransferCommand.Decline(reason, "service"));
        transfer.IsUndoneBy(TransferEffect.HangUpConsult, TransferEffect.Resume, TransferEffect.Release);
        Assert.Equal(result, transfer.State.Outcome?.Result);
    }

    [Theory]
    [InlineData(29, null)]
    [InlineData(30, TransferResult.NoAnswer)]
    public void A_target_has_thirty_seconds_to_answer(int seconds, TransferResult? result)
    {
        var transfer = new Replay(ToRinging);
        transfer.Take(new TransferCommand.Tick(Noon.AddSeconds(seconds)));
        Assert.Equal(result, transfer.State.Result);
    }

    [Fact]
    public void Nothing_calls_a_transfer_off_once_GoTo_was_asked_to_complete_it()
    {
        var transfer = new Replay(ToCompleting);
        Assert.NotNull(transfer.Decide(new TransferCommand.Cancel("service")).Refusal);
        Assert.NotNull(transfer.Decide(new TransferCommand.Decline(DeclineReason.Refused, "service")).Refusal);
    }

    [Fact]
    public void A_completion_in_doubt_is_looked_up_before_it_is_repeated()
    {
        var transfer = new Replay([.. ToCompleting, new TransferCommand.DoubtCompletion("time-out")]);
        Assert.Equal(TransferEffect.AskGoTo, transfer.NextEffect);
        transfer.Take(new TransferCommand.SeeBoth(Live, Live));
        Assert.Equal((TransferEffect.Complete, 2), (transfer.NextEffect, transfer.State.CompletionAttempts));
    }

    [Fact]
    public void A_completion_that_GoTo_refuses_gives_the_caller_back_to_the_agent()
    {
        var transfer = new Replay([.. ToCompleting, new TransferCommand.RefuseCompletion("409"), new TransferCommand.SeeBoth(Live, Live)]);
        transfer.IsUndoneBy(TransferEffect.HangUpConsult, TransferEffect.Resume, TransferEffect.Release);
        Assert.Equal(new TransferOutcome(TransferResult.CompletionFailed, "409", Consult), transfer.State.Outcome);
    }

    [Fact]
    public void A_completion_that_was_given_up_and_comes_about_after_all_is_completed()
    {
        var transfer = new Replay([.. ToCompleting, new TransferCommand.RefuseCompletion("500"), new TransferCommand.SeeBoth(Live, Live)]);
        transfer.Take(new TransferCommand.SeeCaller(Over(EndReason.Transfer)));
        Assert.Equal(TransferResult.Completed, transfer.State.Outcome?.Result);
    }

    [Fact]
    public void When_the_agent_leaves_in_the_briefing_the_target_takes_the_caller()
    {
        var transfer = new Replay(ToBriefing);
        transfer.Take(new TransferCommand.SeeCaller(Live with { AgentGone = true }));
        Assert.Equal(TransferEffect.Complete, transfer.NextEffect);
    }

    [Fact]
    public void An_announcement_completes_the_transfer_when_it_has_been_played()
    {
        var transfer = new Replay(
            [new TransferCommand.Begin(new WarmTransferRequest("ext:1002") { Announcement = "billing" }, "acme", "service"), .. ToBriefing[1..]]);
        Assert.Equal(TransferEffect.Announce, transfer.NextEffect);
        transfer.Take(new TransferCommand.EndAnnouncement());
        Assert.Equal(TransferEffect.Complete, transfer.NextEffect);
    }

    private static CallSight Over(EndReason reason) => new(Connected: false, End: reason);

    /// <summary>A transfer that takes one command after the other.</summary>
    private sealed class Replay
    {
        private TransferJournal _journal = new();

        public Replay(params IEnumerable<TransferCommand> commands)
        {
            foreach (var command in commands) Take(command);
        }

        public TransferState State => _journal.State;

        public TransferEffect NextEffect => TransferEffects.Next(State);

        public TransferDecision Decide(TransferCommand command) => TransferDecision.Decide(State, command);

        public void Take(TransferCommand command) => _journal = _journal.Append(Decide(command).Events, Noon);

        /// <summary>It undoes what was done by just these effects, in this order, and is over then.</summary>
        public void IsUndoneBy(params TransferEffect[] effects)
        {
            foreach (var effect in effects)
            {
                Assert.Equal((TransferPhase.Undoing, effect), (State.Phase, NextEffect));
                Take(effect switch
                {
                    TransferEffect.Hold => new TransferCommand.HoldCaller(),
                    TransferEffect.Resume => new TransferCommand.ResumeCaller(),
                    TransferEffect.Dial => new TransferCommand.PlaceConsult(Consult),
                    TransferEffect.HangUpConsult => new TransferCommand.DropConsult(),
                    _ => new TransferCommand.ReleaseCaller(),
                });
                if (effect is TransferEffect.Resume or TransferEffect.HangUpConsult && State.ConsultDropped)
                    Take(new TransferCommand.SeeConsult(Over(EndReason.LocalHangUp)));
            }
            Assert.Equal(TransferPhase.Ended, State.Phase);
        }
    }
}
