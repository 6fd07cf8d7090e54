using System.Text.Json.Nodes;
using GoTo.LiveKit.Protocol;
using GoTo.LiveKit.Tests;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>What happens to LiveKit's own clients while they are in a room.</summary>
public sealed class SessionTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private readonly string _room = RoomHouse.NewRoom();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(JoinTests.Clients), MemberType = typeof(JoinTests))]
    public async Task One_whose_socket_is_cut_resumes_and_nobody_misses_it(string kind)
    {
        await using var proxy = new CuttableProxy(house.Server.Url);
        await using var alice = await house.Join("rtc-node", _room, "alice");
        await alice.Call("publishTone", new { name = "alice's", hz = 440 });
        await using var bob = await house.Join(kind, _room, "bob", proxy.Url);
        await bob.Call("publishTone", new { name = "bob's", hz = 750 });
        await bob.Call("hears", new { identity = "alice", hz = 440 });
        // An answer that is lost with the socket is not sent again: one whose first offer waits for it waits for ever.
        await alice.Call("hears", new { identity = "bob", hz = 750 });
        var before = await house.Rooms.GetParticipant(_room, "bob", Stop);

        proxy.Cut();

        await bob.Event("reconnected");
        Assert.Equal(before.Sid, (await house.Rooms.GetParticipant(_room, "bob", Stop)).Sid);
        // It hears, is heard, and is told what happens.
        await bob.Call("hears", new { identity = "alice", hz = 440 });
        await alice.Call("hears", new { identity = "bob", hz = 750 });
        await alice.Call("setAttributes", new { after = "the cut" });
        await bob.Event("attributes", told => (string?)told["changed"]!["after"] == "the cut");
        Assert.Empty(alice.Events("participantLeft"));
    }

    [Theory]
    [InlineData("rtc-node")]
    [InlineData("livekit-client")]
    public async Task What_one_does_the_others_are_told(string kind)
    {
        await using var alice = await house.Join(kind, _room, "alice");
        await using var bob = await house.Join("rtc-node", _room, "bob");
        await using var carol = await house.Join("livekit-client", _room, "carol");
        // livekit-client tells it only while it is connected itself.
        await Told(bob, "quality");

        var sid = (string)(await alice.Call("publishTone", new { name = "tone", hz = 440 }))!["sid"]!;
        foreach (var other in new[] { bob, carol })
        {
            await other.Event("subscribed", told => (string?)told["sid"] == sid && (string?)told["name"] == "tone");
            await other.Event("speakers", told => told["identities"]!.AsArray().Any(each => (string?)each == "alice"));
        }
        // rtc-node has no way to mute.
        var mutes = kind == "livekit-client";
        if (mutes) await alice.Call("mute", new { muted = true });
        await alice.Call("setMetadata", new { metadata = "m" });
        await alice.Call("setAttributes", new { mood = "good" });
        foreach (var other in new[] { bob, carol })
        {
            if (mutes) await Told(other, "muted");
            await other.Event("metadata", told => (string?)told["identity"] == "alice" && (string?)told["metadata"] == "m");
            await other.Event("attributes", told => (string?)told["changed"]!["mood"] == "good");
        }
        await alice.Call("unpublish");
        foreach (var other in new[] { bob, carol })
        {
            await other.Event("unsubscribed", told => (string?)told["sid"] == sid);
            await other.Event("speakers", told => told["identities"]!.AsArray().Count == 0);
        }
        await alice.Call("leave");
        foreach (var other in new[] { bob, carol })
            await Told(other, "participantLeft");
    }

    [Theory]
    [InlineData("rtc-node")]
    [InlineData("livekit-client")]
    public async Task One_that_wants_a_track_no_more_gets_it_no_more(string kind)
    {
        await using var alice = await house.Join("rtc-node", _room, "alice");
        await alice.Call("publishTone", new { name = "tone", hz = 440 });
        await using var bob = await house.Join(kind, _room, "bob");
        await bob.Call("hears", new { identity = "alice", hz = 440 });

        await bob.Call("subscribe", new { identity = "alice", subscribed = false });
        await bob.Call("subscribe", new { identity = "alice", subscribed = true });

        await bob.Call("hears", new { identity = "alice", hz = 440 });
    }

    [Theory]
    [InlineData("rtc-node")]
    [InlineData("livekit-client")]
    public async Task A_deleted_room_and_a_second_of_the_same_identity_end_the_session(string kind)
    {
        await using var first = await house.Join(kind, _room, "alice");
        await using var second = await house.Join(kind, _room, "alice");
        await first.Event("disconnected", told => (int)told["reason"]! == (int)DisconnectReason.DuplicateIdentity);

        await house.Rooms.DeleteRoom(_room, Stop);

        await second.Event("disconnected", told => (int)told["reason"]! == (int)DisconnectReason.RoomDeleted);
    }

    private static Task<JsonNode?> Told(ISdkClient client, string name) =>
        client.Event(name, told => (string?)told["identity"] == "alice");
}
