using System.Net.Http.Json;
using GoTo.Calls;
using GoTo.Tenants;

namespace GoTo.EndToEnd.Tests;

/// <summary>What services ask of a call, judged by what the two parties hear.</summary>
[Collection(HouseCollection.Name)]
public sealed class CallControlTests(House house)
{
    [Fact]
    public async Task While_a_call_is_held_nobody_is_heard_and_after_it_both_are()
    {
        await using var talk = await Talk.Inbound(house);

        await talk.Done((call, id) => call.Hold(id));
        await talk.NobodyIsHeard();
        Assert.Equal((HoldOrigin.Local, WireState.Held), await State(talk));

        await talk.Done((call, id) => call.Resume(id));
        await talk.BothAreHeard();
        Assert.Equal((null, WireState.Connected), await State(talk));
        // GoTo's reply tells of it, and an event; whichever comes second changes nothing.
        if ((await talk.Journal.Has<Resumed>()).ByReply) await talk.Journal.Has<HoldConfirmed>(confirmed => !confirmed.OnHold);
        Assert.Single(talk.Journal.Entries, entry => entry.Event is Held);
        Assert.Single(talk.Journal.Entries, entry => entry.Event is Resumed);
    }

    [Fact]
    public async Task A_late_word_of_a_hold_that_was_resumed_leaves_nobody_on_hold()
    {
        await using var talk = await Talk.Inbound(house);
        using var cloud = new HttpClient { BaseAddress = house.World.Cloud.BaseUrl };
        try
        {
            await cloud.PostAsJsonAsync("/_sim/events/faults", new { late = 1.0, lateMs = 7_000 }, TestContext.Current.CancellationToken);
            await talk.Done((call, id) => call.Hold(id));
        }
        finally
        {
            await cloud.PostAsJsonAsync("/_sim/events/faults", new { late = 0.0 }, TestContext.Current.CancellationToken);
        }
        await talk.Done((call, id) => call.Resume(id));
        await talk.BothAreHeard();

        await talk.Journal.Has<Held>(held => held.By is HoldOrigin.Remote);

        await Until.True(
            async () => await State(talk) == (null, WireState.Connected), TimeSpan.FromSeconds(20), "the call is not on hold");
        await talk.BothAreHeard();
    }

    [Fact]
    public async Task While_muted_the_agent_is_not_heard_and_hears_and_mute_outlives_hold()
    {
        await using var talk = await Talk.Inbound(house);

        await talk.Done((call, id) => call.Mute(id));
        await talk.Phone.Hears();
        await talk.Agent.Hears(Talk.PhonePitch);

        await talk.Done((call, id) => call.Hold(id));
        await talk.NobodyIsHeard();
        await talk.Done((call, id) => call.Resume(id));
        await talk.Agent.Hears(Talk.PhonePitch);
        await talk.Phone.Hears();
        Assert.Equal((null, WireState.Muted), await State(talk));

        await talk.Done((call, id) => call.Unmute(id));
        await talk.BothAreHeard();
    }

    [Fact]
    public async Task Keys_of_the_phone_are_reported_once_each_and_ours_reach_it()
    {
        await using var talk = await Talk.Inbound(house);

        foreach (var key in "5*") await talk.Phone.Phone.Press(key);
        await talk.Journal.Has<DigitConfirmed>(digit => digit.Digit == "*");
        Assert.Equal(["5", "*"], talk.Journal.Entries.Select(entry => entry.Event).OfType<DigitReceived>().Select(digit => digit.Digit));

        await talk.Done((call, id) => call.SendDtmf("12#", id));
        Assert.Equal("1", await talk.Phone.Told("dtmf", "digit"));
        await talk.Journal.Has<DigitsSent>(sent => sent.Digits == "12#");
    }

    [Fact]
    public async Task A_blind_transfer_takes_the_phone_elsewhere_and_ends_the_call()
    {
        await using var talk = await Talk.Inbound(house);

        await talk.Done((call, id) => call.BlindTransfer("ext:1001", id));

        Assert.Equal("ext:1001", await talk.Phone.Told("transferred", "target"));
        var events = await talk.Journal.ToEnd();
        Assert.Equal(EndReason.Transfer, ((Ended)events[^1]).Reason);
        Assert.Equal("ext:1001", Assert.Single(events.OfType<Transferred>()).Target);
    }

    [Fact]
    public async Task A_transfer_to_somebody_who_is_busy_leaves_the_two_talking()
    {
        await using var talk = await Talk.Inbound(house);

        var outcome = await talk.Do((call, id) => call.BlindTransfer("tel:+12125550121", id));

        Assert.Equal((CommandResult.Failed, CommandFailure.TransferFailed), (outcome.Result, outcome.Failure));
        Assert.Contains("cannot be had", outcome.Detail, StringComparison.Ordinal);
        await talk.BothAreHeard();
        await talk.Done((call, id) => call.Hold(id));
        await talk.NobodyIsHeard();
    }

    [Fact]
    public async Task While_an_announcement_plays_the_phone_hears_it_in_place_of_the_agent()
    {
        await using var talk = await Talk.Inbound(house);
        var id = CommandId.New();

        await talk.Grain.PlayAnnouncement("speech", id, TestContext.Current.CancellationToken);
        await talk.Phone.Hears();
        await talk.Agent.Hears(Talk.PhonePitch);

        Assert.True((await talk.Grain.WhenSettled(id, TestContext.Current.CancellationToken)).IsDone);
        await talk.BothAreHeard();
        var unknown = await talk.Do((call, other) => call.PlayAnnouncement("unknown", other));
        Assert.Equal((CommandResult.Failed, CommandFailure.NoAudio), (unknown.Result, unknown.Failure));
    }

    [Fact]
    public async Task A_caller_whom_no_agent_takes_is_passed_on_to_the_number_s_fallback()
    {
        await using var phone = await Talk.Connect(house.World);
        var id = await phone.Phone.Dial("+15551234567", World.NumberWithFallback, TestContext.Current.CancellationToken);
        await using var journal = house.Service.Follow(new CallKey(World.Account, id));

        Assert.Equal("ext:1001", await phone.Told("transferred", "target"));

        var events = await journal.ToEnd();
        Assert.Equal(2, events.Count(e => e is AgentMissing));
        Assert.Equal(EndReason.Transfer, ((Ended)events[^1]).Reason);
    }

    [Fact]
    public async Task A_caller_who_is_rejected_hears_so_and_was_never_answered()
    {
        await using var phone = await Talk.Connect(house.World);
        var stop = TestContext.Current.CancellationToken;
        var key = new CallKey(World.Account, await phone.Phone.Dial("+15551234567", World.NumberOfToneAgent, stop));
        await using var journal = house.Service.Follow(key);
        await journal.Has<RoomJoined>();
        var (call, id) = (house.Service.Cluster.Call(key), CommandId.New());

        await call.Reject(id, stop);

        Assert.Equal("rejected", await phone.Told("ended", "reason"));
        var events = await journal.ToEnd();
        Assert.Equal(HangUpReason.Rejected, Assert.Single(events.OfType<HangUpIntended>()).Reason);
        Assert.Equal(new Ended(EndReason.Rejected, TimeSpan.Zero), events[^1]);
        Assert.DoesNotContain(events, e => e is AnswerIntended or Connected);
        Assert.True((await call.WhenSettled(id, stop)).IsDone);
    }

    [Fact]
    public async Task The_same_command_again_is_done_once_also_after_the_end()
    {
        await using var talk = await Talk.Inbound(house);
        var id = new CommandId("the one");
        var stop = TestContext.Current.CancellationToken;

        var receipt = await talk.Grain.HangUp(HangUpReason.Normal, id, stop);
        Assert.Equal(receipt, await talk.Grain.HangUp(HangUpReason.Normal, id, stop));
        var outcome = await talk.Grain.WhenSettled(id, stop);
        var events = await talk.Journal.ToEnd();

        Assert.Equal(receipt, await talk.Grain.HangUp(HangUpReason.Normal, id, stop));
        Assert.Equal((outcome, true), (await talk.Grain.WhenSettled(id, stop), outcome.IsDone));
        Assert.Single(events.OfType<HangUpIntended>());
        var report = await talk.Grain.Replay();
        Assert.Null(report.DivergesAt);
    }

    [Fact]
    public async Task What_is_wrong_is_refused_in_words_and_changes_nothing()
    {
        await using var talk = await Talk.Inbound(house);
        var stop = TestContext.Current.CancellationToken;
        // What is heard is journaled a little later than it is heard.
        await talk.Journal.HasAudio();
        var before = (await talk.Grain.Describe()).Version;

        await Assert.ThrowsAsync<CallArgumentException>(() => talk.Grain.SendDtmf("12x", CommandId.New(), stop));
        await Assert.ThrowsAsync<CallArgumentException>(() => talk.Grain.BlindTransfer("mailto:nobody", CommandId.New(), stop));
        await Assert.ThrowsAsync<CallArgumentException>(() => talk.Grain.Hold(default, stop));
        var refused = await Assert.ThrowsAsync<CallTransitionException>(() => talk.Grain.Resume(CommandId.New(), stop));
        Assert.Equal((talk.Call, CallPhase.Connected, "Resume"), (refused.Key, refused.Phase, refused.Command));
        await Assert.ThrowsAsync<CommandNotFoundException>(() => talk.Grain.Outcome(new CommandId("never"), stop));
        await Assert.ThrowsAsync<CallNotFoundException>(
            () => house.Service.Cluster.Call(new CallKey(World.Account, "never")).Hold(CommandId.New(), stop));
        RequestContext.Set("tenant", "intruder");
        try
        {
            await Assert.ThrowsAsync<ForeignTenantException>(() => talk.Grain.HangUp(HangUpReason.Normal, CommandId.New(), stop));
            await Assert.ThrowsAsync<ForeignTenantException>(() => talk.Grain.Describe());
        }
        finally
        {
            RequestContext.Remove("tenant");
        }

        Assert.Equal(before, (await talk.Grain.Describe()).Version);
        await talk.BothAreHeard();
    }

    private static async Task<(HoldOrigin? HeldBy, WireState State)> State(Talk talk)
    {
        var snapshot = await talk.Grain.Describe();
        return (snapshot.HeldBy, snapshot.WireState);
    }
}
