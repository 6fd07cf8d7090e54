namespace GoTo.LiveKitSdk.Tests;

/// <summary>LiveKit's own clients join, publish and subscribe, over <c>/rtc/v1</c> and over <c>/rtc</c>.</summary>
public sealed class JoinTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    /// <summary>Every client with one peer connection and with two.</summary>
    public static TheoryData<string> Clients =>
        ["rtc-node", "rtc-node, two connections", "livekit-client", "livekit-client, two connections"];

    /// <summary>Each client with another.</summary>
    public static TheoryData<string, string> Pairs => new()
    {
        { "rtc-node", "livekit-client" },
        { "rtc-node", "rtc-node, two connections" },
        { "livekit-client", "livekit-client, two connections" },
        { "rtc-node, two connections", "livekit-client, two connections" },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_is_in_the_room_when_it_says_so(string kind)
    {
        var room = RoomHouse.NewRoom();
        await using var client = await house.Join(kind, room, "alice");

        var alice = Assert.Single(await house.Rooms.ListParticipants(room, Stop));

        Assert.Equal("alice", alice.Identity);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Two_hear_each_other(string one, string other)
    {
        var room = RoomHouse.NewRoom();
        await using var alice = await house.Join(one, room, "alice");
        await alice.Call("publishTone", new { name = "alice's", hz = 440 });
        await using var bob = await house.Join(other, room, "bob");
        await bob.Call("hears", new { identity = "alice", hz = 440 });

        await bob.Call("publishTone", new { name = "bob's", hz = 750 });

        await alice.Call("hears", new { identity = "bob", hz = 750 });
        await alice.Event("heard");
        await bob.Event("heard");
    }
}
