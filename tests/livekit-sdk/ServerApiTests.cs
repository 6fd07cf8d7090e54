using System.Text.Json.Nodes;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>livekit-server-sdk drives every method of the API.</summary>
public sealed class ServerApiTests(RoomHouse house) : IClassFixture<RoomHouse>, IAsyncLifetime
{
    private readonly string _room = RoomHouse.NewRoom();
    private NodeScript _sdk = null!;

    public async ValueTask InitializeAsync() => _sdk = await NodeScript.Start(
        "server-sdk.mjs", house.Options.HttpBase.ToString(), RoomHouse.Key, RoomHouse.Secret);

    public ValueTask DisposeAsync() => _sdk.DisposeAsync();

    [Fact]
    public async Task Rooms_are_created_listed_changed_and_deleted()
    {
        var created = await Rooms("createRoom", new
        {
            name = _room, emptyTimeout = 70, departureTimeout = 7, maxParticipants = 5, metadata = "made",
        });
        Assert.Equal(
            (_room, 70, 7, 5, "made"),
            ((string?)created!["name"], (int)created["emptyTimeout"]!, (int)created["departureTimeout"]!,
                (int)created["maxParticipants"]!, (string?)created["metadata"]));

        Assert.Equal("changed", (string?)(await Rooms("updateRoomMetadata", _room, "changed"))!["metadata"]);

        var listed = Assert.Single((await Rooms("listRooms", new List<string> { _room }))!.AsArray())!;
        Assert.Equal(((string?)created["sid"], "changed"), ((string?)listed["sid"], (string?)listed["metadata"]));
        await Rooms("deleteRoom", _room);
        Assert.Empty((await Rooms("listRooms", new List<string> { _room }))!.AsArray());
    }

    [Fact]
    public async Task A_participant_is_described_changed_and_removed()
    {
        await using var alice = await house.Join("rtc-node", _room, "alice");
        await using var bob = await house.Join("rtc-node", _room, "bob");
        Assert.Equal(
            ["alice", "bob"],
            (await Rooms("listParticipants", _room))!.AsArray().Select(each => (string)each!["identity"]!).Order());

        var changed = await Rooms("updateParticipant", _room, "alice", new
        {
            metadata = "m", name = "Alice", attributes = new Dictionary<string, string> { ["mood"] = "good" },
        });

        Assert.Equal(("m", "Alice"), ((string?)changed!["metadata"], (string?)changed["name"]));
        await bob.Event("metadata", told => (string?)told["identity"] == "alice" && (string?)told["metadata"] == "m");
        await bob.Event("name", told => (string?)told["name"] == "Alice");
        await bob.Event("attributes", told => (string?)told["changed"]!["mood"] == "good");
        var described = await Rooms("getParticipant", _room, "alice");
        Assert.Equal(("ACTIVE", "good"), ((string?)described!["state"], (string?)described["attributes"]!["mood"]));

        await Rooms("updateRoomMetadata", _room, "of the room");
        await bob.Event("roomMetadata", told => (string?)told["metadata"] == "of the room");

        await Rooms("removeParticipant", _room, "alice");

        await alice.Event("disconnected", told => (int)told["reason"]! == (int)DisconnectReason.ParticipantRemoved);
        await bob.Event("participantLeft", told => (string?)told["identity"] == "alice");
        await AssertRefused(404, "not_found", "getParticipant", _room, "alice");
    }

    [Fact]
    public async Task A_track_is_muted_unsubscribed_and_taken_away()
    {
        await using var alice = await house.Join("livekit-client", _room, "alice");
        var sid = (string)(await alice.Call("publishTone", new { name = "tone", hz = 440 }))!["sid"]!;
        await using var bob = await house.Join("livekit-client", _room, "bob");
        await bob.Call("hears", new { identity = "alice", hz = 440 });

        var muted = await Rooms("mutePublishedTrack", _room, "alice", sid, true);

        Assert.Equal((sid, true), ((string?)muted!["sid"], (bool)muted["muted"]!));
        await bob.Event("muted", told => (string?)told["identity"] == "alice");
        await AssertRefused(412, "failed_precondition", "mutePublishedTrack", _room, "alice", sid, false);
        await alice.Call("mute", new { muted = false });
        await bob.Event("unmuted");

        await Rooms("updateSubscriptions", _room, "bob", new[] { sid }, false);
        await bob.Event("unsubscribed", told => (string?)told["sid"] == sid);
        await Rooms("updateSubscriptions", _room, "bob", new[] { sid }, true);
        await bob.Call("hears", new { identity = "alice", hz = 440 });

        await Rooms("updateParticipant", _room, "alice", new { permission = new { canSubscribe = true, canPublish = false } });
        await bob.Event("unpublished", told => (string?)told["sid"] == sid);
        var described = await Rooms("getParticipant", _room, "alice");
        Assert.Null(described!["tracks"]);
    }

    [Fact]
    public async Task Dispatches_are_created_listed_and_deleted()
    {
        await Rooms("createRoom", new { name = _room, agents = new[] { new { agentName = "first", metadata = "m1" } } });
        var created = await Dispatches("createDispatch", _room, "second", new { metadata = "m2" });

        var listed = (await Dispatches("listDispatch", _room))!.AsArray();
        Assert.Equal(
            ["first m1", "second m2"], listed.Select(each => $"{each!["agentName"]} {each["metadata"]}").Order());
        var id = (string)created!["id"]!;
        Assert.Equal("second", (string?)(await Dispatches("getDispatch", id, _room))!["agentName"]);

        await Dispatches("deleteDispatch", id, _room);

        Assert.Equal("first", (string?)Assert.Single((await Dispatches("listDispatch", _room))!.AsArray())!["agentName"]);
    }

    [Theory]
    [InlineData("rooms", 13)]
    [InlineData("dispatches", 4)]
    public async Task No_method_of_the_sdk_is_left_out(string client, int count)
    {
        var methods = (await _sdk.Call("methods", new { client }))!.AsArray().Select(each => (string)each!).ToList();
        var tests = await File.ReadAllTextAsync(Path.Combine(NodeScript.Folder, "ServerApiTests.cs"), TestContext.Current.CancellationToken)
            + await File.ReadAllTextAsync(Path.Combine(NodeScript.Folder, "DataTests.cs"), TestContext.Current.CancellationToken);

        Assert.Equal(count, methods.Count);
        Assert.DoesNotContain(methods, method => !tests.Contains($"\"{method}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_there_is_refused_as_LiveKit_refuses_it()
    {
        await AssertRefused(404, "not_found", "deleteRoom", _room);
        await AssertRefused(404, "not_found", "updateRoomMetadata", _room, "m");
        await AssertRefused(404, "not_found", "getParticipant", _room, "nobody");
        await AssertRefused(404, "not_found", "removeParticipant", _room, "nobody");
        await AssertRefused(503, "unavailable", "updateParticipant", _room, "nobody", new { metadata = "m" });
        await AssertRefused(503, "unavailable", "mutePublishedTrack", _room, "nobody", "TR_none", true);
        string[] tracks = ["TR_none"];
        await AssertRefused(503, "unavailable", "updateSubscriptions", _room, "nobody", tracks, true);
        await AssertRefused(501, "unimplemented", "forwardParticipant", _room, "nobody", "elsewhere");
        await AssertRefused(501, "unimplemented", "moveParticipant", _room, "nobody", "elsewhere");
        await AssertRefused(400, "invalid_argument", "createRoom", new { name = "" });
        Assert.Empty((await Rooms("listParticipants", _room))!.AsArray());
        await Rooms("createRoom", new { name = _room });
        await AssertRefused(400, "invalid_argument", "updateRoomMetadata", _room, new string('x', 64_001));
    }

    [Fact]
    public async Task The_sdk_reads_our_tokens()
    {
        var token = new AccessToken
        {
            Identity = "call-1",
            Name = "Phone",
            Metadata = "m",
            Kind = ParticipantInfo.Types.Kind.Sip,
            Attributes = new Dictionary<string, string> { ["sip.callID"] = "c1" },
            Video = new VideoGrant { RoomJoin = true, Room = _room, CanPublish = true, CanUpdateOwnMetadata = true },
            Sip = new SipGrant(Admin: false, Call: true),
            RoomConfig = new RoomConfiguration
            {
                EmptyTimeout = 30, Agents = { new RoomAgentDispatch { AgentName = "echo", Metadata = "x" } },
            },
        }.Sign(RoomHouse.Key, RoomHouse.Secret, TimeProvider.System);

        var claims = (await _sdk.Call("verify", new { token }))!;

        Assert.Equal(
            ("call-1", "Phone", "m", "sip", "c1"),
            ((string?)claims["sub"], (string?)claims["name"], (string?)claims["metadata"], (string?)claims["kind"],
                (string?)claims["attributes"]!["sip.callID"]));
        Assert.Equal(
            (true, _room, true, true, true),
            ((bool)claims["video"]!["roomJoin"]!, (string?)claims["video"]!["room"], (bool)claims["video"]!["canPublish"]!,
                (bool)claims["video"]!["canUpdateOwnMetadata"]!, (bool)claims["sip"]!["call"]!));
        Assert.Equal("echo", (string?)claims["roomConfig"]!["agents"]![0]!["agentName"]);
        await Assert.ThrowsAsync<NodeException>(() => _sdk.Call("verify", new { token = token[..^2] + "AA" }));
    }

    [Fact]
    public async Task We_read_the_sdks_tokens()
    {
        var jwt = (string)(await _sdk.Call("sign", new
        {
            identity = "agent-1",
            name = "Agent",
            metadata = "m",
            ttl = "10m",
            attributes = new { lang = "en" },
            grant = new
            {
                roomJoin = true, room = _room, canPublish = true, canSubscribe = false, canPublishData = true,
                canUpdateOwnMetadata = true, hidden = true, agent = true,
            },
        }))!;
        var verifier = new AccessTokenVerifier(
            new Dictionary<string, string> { [RoomHouse.Key] = RoomHouse.Secret }, TimeProvider.System);

        var token = verifier.Verify(jwt).Token;

        Assert.Equal(("agent-1", "Agent", "m", "en"), (token.Identity, token.Name, token.Metadata, token.Attributes["lang"]));
        Assert.Equal(
            new VideoGrant
            {
                RoomJoin = true, Room = _room, CanPublish = true, CanSubscribe = false, CanPublishData = true,
                CanUpdateOwnMetadata = true, Hidden = true, Agent = true, CanPublishSources = token.Video!.CanPublishSources,
            },
            token.Video);
        Assert.InRange(token.ValidFor, TimeSpan.FromSeconds(599), TimeSpan.FromSeconds(601));
    }

    private Task<JsonNode?> Rooms(string method, params object[] args) =>
        _sdk.Call("api", new { client = "rooms", method, args });

    private Task<JsonNode?> Dispatches(string method, params object[] args) =>
        _sdk.Call("api", new { client = "dispatches", method, args });

    private async Task AssertRefused(int status, string code, string method, params object[] args)
    {
        var refused = await Assert.ThrowsAsync<NodeException>(() => Rooms(method, args));
        Assert.Equal((status, code), (refused.Status, refused.Code));
    }
}
