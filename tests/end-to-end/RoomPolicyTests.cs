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
