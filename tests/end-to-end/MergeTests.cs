using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;
using GoTo.Transfers;

namespace GoTo.EndToEnd.Tests;

/// <summary>Conferences, judged by what the three parties hear: each says a pitch of its own.</summary>
[Collection(HouseCollection.Name)]
public sealed class MergeTests(House house)
{
    private const string OtherNumber = "+15551238000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_a_conference_all_three_hear_each_other_once_and_dropping_one_leaves_two()
    {
        await using var talk = await Talk.Inbound(house);
        await using var phone = await OtherPhone();
        var other = await Second(talk, phone);
        var conference = house.Service.Cluster.Conference(talk.Call, CommandId.New());

        Assert.True((await conference.Merge(other, Stop)).IsDone);

        await AllThreeTalk(talk, phone);
        Assert.Equal([talk.Call, other], (await conference.Describe()).Parties);
        Assert.True((await conference.Merge(other, Stop)).IsDone);
        await conference.Drop(other, Stop);
        Assert.Equal("agent_hangup", await phone.Told("ended", "reason"));
        await talk.BothAreHeard();
        Assert.Equal(CallPhase.Connected, (await talk.Grain.Describe()).Phase);
        await Until.True(
            async () => (await conference.Describe()).Parties.Count == 0, TimeSpan.FromSeconds(20), "the conference is over");
    }

    [Fact]
    public async Task Who_leaves_a_conference_leaves_the_others_to_each_other()
    {
        await using var talk = await Talk.Inbound(house);
        await using var phone = await OtherPhone();
        var other = await Second(talk, phone);
        var conference = house.Service.Cluster.Conference(talk.Call, CommandId.New());
        await conference.Merge(other, Stop);
        await AllThreeTalk(talk, phone);

        Assert.True((await conference.Leave(Stop)).IsDone);

        await Task.WhenAll(talk.Phone.Hears(Talk.OtherPitch), phone.Hears(Talk.PhonePitch), talk.Agent.Hears());
        Assert.Equal(EndReason.Transfer, ((Ended)(await talk.Journal.ToEnd())[^1]).Reason);
    }

    [Fact]
    public async Task What_cannot_be_merged_is_refused_in_words_and_goes_on()
    {
        await using var talk = await Talk.Inbound(house);
        await using var elsewhere = await OtherPhone();
        var id = await elsewhere.Phone.Dial("+15551234568", World.Number, Stop);
        await using var journal = house.Service.Follow(new CallKey(World.Account, id));
        await journal.Has<Connected>();
        var conference = house.Service.Cluster.Conference(talk.Call, CommandId.New());

        await Assert.ThrowsAsync<ConferenceNotFoundException>(() => conference.Leave(Stop));
        var refused = await Assert.ThrowsAsync<CallArgumentException>(() => conference.Merge(journal.Call, Stop));
        Assert.Contains("another room", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CallArgumentException>(() => conference.Merge(talk.Call, Stop));
        await Assert.ThrowsAsync<CallNotFoundException>(() => conference.Merge(new CallKey(World.Account, "never"), Stop));

        await talk.BothAreHeard();
    }

    private static Task AllThreeTalk(Talk talk, TonePhone other) => Task.WhenAll(
        talk.Phone.Hears(Talk.AgentPitch, Talk.OtherPitch), other.Hears(Talk.AgentPitch, Talk.PhonePitch),
        talk.Agent.Hears(Talk.PhonePitch, Talk.OtherPitch));

    private async Task<TonePhone> OtherPhone()
    {
        var phone = await TonePhone.Connect(
            house.World.Cloud.PhoneSocketUrl, house.World.Engine, "other", Talk.OtherPitch, Talk.PhonePitch, Talk.AgentPitch);
        await phone.Phone.Register(OtherNumber, Stop);
        return phone;
    }

    /// <summary>While the caller is on hold somebody else is called into the agent's room, and answers.</summary>
    private async Task<CallKey> Second(Talk talk, TonePhone phone)
    {
        await talk.Done((call, id) => call.Hold(id));
        var call = await talk.Grain.Describe();
        var dial = house.Service.Cluster.OutboundCall(World.Account, CommandId.New());
        await dial.Dial(new DialRequest(call.Tenant!, call.LineId, $"tel:{OtherNumber}", Agent: null) { Room = call.Room }, Stop);
        await phone.Phone.Rings(Stop);
        await phone.Phone.Answer();
        await Task.WhenAll(phone.Hears(Talk.AgentPitch), talk.Agent.Hears(Talk.OtherPitch), talk.Phone.Hears());
        return (await dial.WhenPlaced(Stop)).Call!.Value;
    }
}
