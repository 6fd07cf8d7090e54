using System.Text.Json;
using GoTo.Calls;
using GoTo.LiveKit;

namespace GoTo.EndToEnd.Tests;

/// <summary>A number's configuration says what its calls' rooms are like.</summary>
[Collection(HouseCollection.Name)]
public sealed class RoomPolicyTests(House house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_agent_is_not_told_the_callers_number_and_keys_and_can_dial_to_the_phone()
    {
        await using var talk = await Talk.Inbound(house.World, house.Service, World.DiscreetNumber);
        await IsDiscreet(talk);
    }

    [Fact]
    public async Task What_the_shown_number_says_counts_for_a_call_that_we_place()
    {
        const string number = "+15551230011";
        var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        var dial = house.Service.Cluster.OutboundCall(World.Account, CommandId.New());
        await dial.Dial(new DialRequest("acme", "line_tone", $"tel:{number}", "seller") { CallerId = World.DiscreetNumber }, Stop);
        var call = (await dial.WhenPlaced(Stop)).Call!.Value;
        await phone.Phone.Rings(Stop);
        await using var talk = await Talk.Begin(house, call, phone, phone.Phone.Answer);

        await IsDiscreet(talk);
        using var http = new HttpClient();
        var job = Assert.Single(await new AgentDispatchClient(house.World.LiveKit, http, TimeProvider.System).ListDispatch($"acme-{call.CallId}", Stop));
        Assert.Equal("seller", job.AgentName);
        Assert.Equal(
            new() { ["call"] = $"{call}", ["tenant"] = "acme", ["from"] = World.DiscreetNumber },
            JsonSerializer.Deserialize<Dictionary<string, string>>(job.Metadata));
    }

    [Fact]
    public async Task What_another_tenants_number_says_does_not()
    {
        const string number = "+15551230012";
        await using var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        var dial = house.Service.Cluster.OutboundCall(World.Account, CommandId.New());
        await dial.Dial(new DialRequest("umbrella", "line_tone", $"tel:{number}", null) { CallerId = World.DiscreetNumber }, Stop);
        var call = (await dial.WhenPlaced(Stop)).Call!.Value;
        await using var journal = house.Service.Follow(call);

        Assert.Equal($"call-{call.CallId}", (await journal.Has<RoomJoined>()).Room);
        await house.Service.Cluster.Call(call).HangUp(HangUpReason.Normal, CommandId.New(), Stop);
        await journal.ToEnd();
    }

    private async Task IsDiscreet(Talk talk)
    {
        using var http = new HttpClient();
        var name = (await talk.Grain.Describe()).Room!;
        var room = Assert.Single(await new RoomServiceClient(house.World.LiveKit, http, TimeProvider.System).ListRooms([name], Stop));
        Assert.Equal(($"acme-{talk.Call.CallId}", "discreet", 60u, 9u), (room.Name, room.Metadata, room.EmptyTimeout, room.DepartureTimeout));
        var phone = talk.Agent.Room.Participants.Single();
        Assert.Equal("Somebody", phone.Name);
        Assert.DoesNotContain("sip.phoneNumber", phone.Attributes.Keys);
        await talk.Phone.Phone.Press('5');
        await talk.Journal.Has<DigitReceived>(key => key.Digit == "5");
        talk.Agent.Room.SendDtmf("7");
        Assert.Equal("7", await talk.Phone.Told("dtmf", "digit"));
        await talk.Journal.Has<DigitsSent>(sent => sent.Digits == "7");
        Assert.Equal("", talk.Agent.Keys);
    }
}
