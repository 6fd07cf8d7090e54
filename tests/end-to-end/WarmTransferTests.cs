using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;
using GoTo.Transfers;

namespace GoTo.EndToEnd.Tests;

/// <summary>Warm transfers, judged by what the three parties hear: each says a pitch of its own.</summary>
[Collection(HouseCollection.Name)]
public sealed class WarmTransferTests(House house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_target_is_briefed_and_takes_the_caller_over()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Briefing();

        await transfer.Complete(Stop);
        var outcome = await transfer.WhenOver(Stop);

        Assert.Equal((TransferResult.Completed, null), (outcome.Result, outcome.Detail));
        await Task.WhenAll(
            scene.CallerPhone.Hears(TransferScene.Target), scene.TargetPhone.Hears(TransferScene.Caller), scene.Talk.Agent.Hears());
        Assert.Equal(EndReason.Transfer, ((Ended)(await scene.Talk.Journal.ToEnd())[^1]).Reason);
        await scene.CallerPhone.Phone.HangUp();
        Assert.Equal("caller_hangup", await scene.TargetPhone.Told("ended", "reason"));
    }

    [Fact]
    public async Task The_same_transfer_again_is_the_same_one_and_tells_its_first_outcome()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = house.Service.Cluster.WarmTransfer(scene.Talk.Call, new CommandId("the/one"));
        await Task.WhenAll(transfer.Begin(TransferScene.To(), Stop), transfer.Begin(TransferScene.To(), Stop));
        await scene.TargetPhone.Phone.Rings(Stop);
        await Assert.ThrowsAsync<CallArgumentException>(() => transfer.Begin(TransferScene.To("ext:1001"), Stop));

        await transfer.Cancel(Stop);
        await scene.IsUndone(transfer, TransferResult.Cancelled);
        var version = (await transfer.Describe()).Version;
        await transfer.Begin(TransferScene.To(), Stop);

        Assert.Equal((version, TransferResult.Cancelled), ((await transfer.Describe()).Version, (await transfer.WhenOver(Stop)).Result));
    }

    [Fact]
    public async Task An_announcement_briefs_the_target_in_the_agents_place()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Transfer(TransferScene.To() with { Announcement = "speech" });
        await scene.TargetPhone.Phone.Rings(Stop);
        await scene.TargetPhone.Phone.Answer();

        Assert.Equal(TransferResult.Completed, (await transfer.WhenOver(Stop)).Result);

        await Task.WhenAll(scene.CallerPhone.Hears(TransferScene.Target), scene.TargetPhone.Hears(TransferScene.Caller));
        var journal = await Journal(transfer);
        var (connected, briefed) = (journal.First(e => e.Event is ConsultConnected), journal.First(e => e.Event is BriefingEnded));
        Assert.True(briefed.At - connected.At > TimeSpan.FromSeconds(4), "the announcement was not played to its end");
    }

    [Fact]
    public async Task A_target_who_is_busy_leaves_the_caller_with_the_agent()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Transfer();
        await scene.TargetPhone.Phone.Rings(Stop);

        await scene.TargetPhone.Phone.Reject("busy");

        await scene.IsUndone(transfer, TransferResult.Busy);
    }

    [Fact]
    public async Task A_target_who_does_not_answer_leaves_the_caller_with_the_agent()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Transfer(TransferScene.To() with { AnswerLimit = TimeSpan.FromSeconds(3) });

        await scene.TargetPhone.Phone.Rings(Stop);
        await scene.CallerPhone.Hears();

        await scene.IsUndone(transfer, TransferResult.NoAnswer);
        Assert.Equal("agent_hangup", await scene.TargetPhone.Told("ended", "reason"));
    }

    [Fact]
    public async Task A_target_whom_GoTo_does_not_know_leaves_the_caller_with_the_agent()
    {
        await using var scene = await TransferScene.Begin(house);

        var transfer = await scene.Transfer(TransferScene.To("ext:9999"));

        await scene.IsUndone(transfer, TransferResult.Unreachable);
    }

    [Fact]
    public async Task A_transfer_that_is_called_off_while_it_rings_leaves_the_caller_with_the_agent()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Transfer();
        await scene.TargetPhone.Phone.Rings(Stop);

        await transfer.Cancel(Stop);

        await scene.IsUndone(transfer, TransferResult.Cancelled);
        var refused = await Assert.ThrowsAsync<TransferTransitionException>(() => transfer.Complete(Stop));
        Assert.Equal((TransferPhase.Ended, "Complete"), (refused.Phase, refused.Command));
    }

    [Fact]
    public async Task A_target_who_declines_in_the_briefing_leaves_the_caller_with_the_agent()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Briefing();

        await transfer.Decline(DeclineReason.Voicemail, Stop);

        await scene.IsUndone(transfer, TransferResult.Voicemail);
    }

    [Fact]
    public async Task A_target_who_hangs_up_in_the_briefing_leaves_the_caller_with_the_agent()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Briefing();

        await scene.TargetPhone.Phone.HangUp();

        await scene.IsUndone(transfer, TransferResult.TargetHungUp);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_while_waiting_leaves_no_consult_behind()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Briefing();

        await scene.CallerPhone.Phone.HangUp();

        Assert.Equal(TransferResult.CallerGone, (await transfer.WhenOver(Stop)).Result);
        Assert.Equal("agent_hangup", await scene.TargetPhone.Told("ended", "reason"));
        await scene.Talk.Agent.Hears();
    }

    [Fact]
    public async Task When_the_agent_leaves_in_the_briefing_the_target_takes_the_caller_over()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Briefing();

        await scene.Talk.Agent.DisposeAsync();

        Assert.Equal(TransferResult.Completed, (await transfer.WhenOver(Stop)).Result);
        await Task.WhenAll(scene.CallerPhone.Hears(TransferScene.Target), scene.TargetPhone.Hears(TransferScene.Caller));
    }

    [Fact]
    public async Task Whoever_else_transfers_or_resumes_the_caller_meanwhile_is_refused_in_words()
    {
        await using var scene = await TransferScene.Begin(house);
        var transfer = await scene.Briefing();

        await Assert.ThrowsAsync<CallTransitionException>(() => scene.Transfer());
        await Assert.ThrowsAsync<CallTransitionException>(() => scene.Talk.Grain.Resume(CommandId.New(), Stop));
        await Assert.ThrowsAsync<CallTransitionException>(() => scene.Talk.Grain.BlindTransfer("ext:1001", CommandId.New(), Stop));
        await Assert.ThrowsAsync<CallArgumentException>(() => scene.Transfer(TransferScene.To("mailto:nobody")));
        await Assert.ThrowsAsync<TransferNotFoundException>(
            () => house.Service.Cluster.WarmTransfer(scene.Talk.Call, new CommandId("never")).Cancel(Stop));

        await transfer.Cancel(Stop);
        await scene.IsUndone(transfer, TransferResult.Cancelled);
    }

    private static async Task<IReadOnlyList<TransferJournalEntry>> Journal(IWarmTransferGrain transfer)
    {
        var entries = new List<TransferJournalEntry>();
        await foreach (var entry in transfer.Watch(0, Stop)) entries.Add(entry);
        return entries;
    }
}
