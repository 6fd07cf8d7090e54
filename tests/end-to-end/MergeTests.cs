using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;
using GoTo.Tenants;
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

    [Fact]
    public async Task A_tenant_calls_somebody_into_the_room_of_its_own_calls_only()
    {
        await using var talk = await Talk.Inbound(house);
        var call = await talk.Grain.Describe();

        await Assert.ThrowsAsync<ForeignTenantException>(() => As("intruder", () => Dial(Into(talk.Call, call) with { Tenant = "intruder" })));
        await Assert.ThrowsAsync<ForeignTenantException>(() => Dial(Into(talk.Call, call) with { Tenant = "intruder" }));
        await Assert.ThrowsAsync<ForeignTenantException>(
            () => As(call.Tenant!, () => Dial(Into(talk.Call, call) with { RoomOf = null, Room = call.Room })));
        await Assert.ThrowsAsync<InvalidDialException>(() => Dial(Into(talk.Call, call) with { RoomOf = new CallKey(World.Account, "never") }));
        await Assert.ThrowsAsync<InvalidDialException>(() => Dial(Into(talk.Call, call) with { RoomOf = new CallKey("other", "call") }));
        await Assert.ThrowsAsync<InvalidDialException>(() => Dial(Into(talk.Call, call) with { Room = call.Room }));
        await talk.BothAreHeard();

        Task Dial(DialRequest request) => house.Service.Cluster.OutboundCall(World.Account, CommandId.New()).Dial(request, Stop);
    }

    private static DialRequest Into(CallKey room, CallSnapshot call) =>
        new(call.Tenant!, call.LineId, $"tel:{OtherNumber}", Agent: null) { RoomOf = room };

    /// <summary>In a tenant's name.</summary>
    private static async Task As(string tenant, Func<Task> ask)
    {
        RequestContext.Set("tenant", tenant);
        try
        {
            await ask();
        }
        finally
        {
            RequestContext.Remove("tenant");
        }
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
        await As(call.Tenant!, () => dial.Dial(Into(talk.Call, call), Stop));
        await phone.Phone.Rings(Stop);
        await phone.Phone.Answer();
        await Task.WhenAll(phone.Hears(Talk.AgentPitch), talk.Agent.Hears(Talk.OtherPitch), talk.Phone.Hears());
        return (await dial.WhenPlaced(Stop)).Call!.Value;
    }
}
