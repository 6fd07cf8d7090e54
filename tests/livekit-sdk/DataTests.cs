using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using GoTo.LiveKit;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>Data packets between LiveKit's own clients: each kind, and only to those they are for.</summary>
public sealed class DataTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private readonly string _room = RoomHouse.NewRoom();

    [Theory]
    [MemberData(nameof(JoinTests.Pairs), MemberType = typeof(JoinTests))]
    public async Task What_one_sends_the_other_gets(string one, string other)
    {
        await using var alice = await house.Join(one, _room, "alice");
        await using var bob = await house.Join(other, _room, "bob");
        await bob.Call("receiveText", new { topic = "lk.chat" });
        await bob.Call("serveRpc", new { method = "greet", answer = "good day" });

        await alice.Call("publishData", new { text = "to all", reliable = true, topic = "t" });
        await alice.Call("publishData", new { text = "in a hurry", reliable = false });
        await alice.Call("publishDtmf", new { code = 11, digit = "#" });
        await alice.Call("sendText", new { text = new string('ü', 20_000), topic = "lk.chat", attributes = new { of = "alice" } });
        var answer = await alice.Call("rpc", new { identity = "bob", method = "greet", payload = "hello" });

        Assert.Equal("good day", (string?)answer);
        await bob.Event("rpc", told => ((string?)told["caller"], (string?)told["payload"]) == ("alice", "hello"));
        await Got(bob, "data", told => ((string?)told["text"], (string?)told["topic"]) == ("to all", "t"));
        await Got(bob, "data", told => (string?)told["text"] == "in a hurry");
        await Got(bob, "dtmf", told => ((int)told["code"]!, (string?)told["digit"]) == (11, "#"));
        await Got(bob, "text", told => (string?)told["text"] == new string('ü', 20_000) && (string?)told["attributes"]!["of"] == "alice");
        // And the other way.
        await bob.Call("publishDtmf", new { code = 5, digit = "5" });
        await alice.Event("dtmf", told => ((string?)told["identity"], (int)told["code"]!) == ("bob", 5));
        Assert.Empty(alice.Events("data"));
    }

    [Fact]
    public async Task What_is_for_one_only_the_others_do_not_get()
    {
        await using var alice = await house.Join("rtc-node", _room, "alice");
        await using var bob = await house.Join("rtc-node", _room, "bob");
        await using var carol = await house.Join("livekit-client", _room, "carol");
        string[] toBob = ["bob"];

        await alice.Call("publishData", new { text = "for bob", reliable = true, destination_identities = toBob });
        await alice.Call("publishData", new { text = "for all", reliable = true });

        await Got(bob, "data", told => (string?)told["text"] == "for bob");
        await Got(carol, "data", told => (string?)told["text"] == "for all");
        Assert.Single(carol.Events("data"));
    }

    [Fact]
    public async Task One_that_may_not_publish_data_is_not_heard()
    {
        await using var alice = await house.Join(
            "rtc-node", _room, "alice", token: RoomHouse.TokenFor(_room, "alice", grant => grant with { CanPublishData = false }));
        await using var bob = await house.Join("rtc-node", _room, "bob");
        await using var carol = await house.Join("rtc-node", _room, "carol");

        await alice.Call("publishData", new { text = "not allowed", reliable = true });
        await carol.Call("publishData", new { text = "allowed", reliable = true });

        await bob.Event("data", told => (string?)told["text"] == "allowed");
        Assert.Single(bob.Events("data"));
    }

    [Fact]
    public async Task The_api_sends_data_and_calls_methods()
    {
        await using var sdk = await NodeScript.Start(
            "server-sdk.mjs", house.Options.HttpBase.ToString(), RoomHouse.Key, RoomHouse.Secret);
        await using var alice = await house.Join("rtc-node", _room, "alice");
        await using var bob = await house.Join("livekit-client", _room, "bob");
        await bob.Call("serveRpc", new { method = "greet", answer = "good day" });
        string[] toAlice = ["alice"];

        // Each has its channels when it was heard on them.
        await alice.Call("publishData", new { text = "ready", reliable = true });
        await Got(bob, "data", told => (string?)told["text"] == "ready");
        await bob.Call("publishData", new { text = "ready", reliable = true });
        await alice.Event("data", told => (string?)told["text"] == "ready");
        await sdk.Call("sendData", new { room = _room, text = "for alice", kind = 0, topic = "news", destinationIdentities = toAlice });
        await sdk.Call("sendData", new { room = _room, text = "for all", kind = 0 });

        await alice.Event("data", told => ((string?)told["text"], (string?)told["topic"]) == ("for alice", "news"));
        await bob.Event("data", told => (string?)told["text"] == "for all" && told["identity"] is null);
        Assert.DoesNotContain(bob.Events("data"), told => (string?)told!["text"] == "for alice");
        var absent = await Assert.ThrowsAsync<NodeException>(
            () => sdk.Call("sendData", new { room = "absent", text = "x", kind = 0 }));
        Assert.Equal((503, "unavailable"), (absent.Status, absent.Code));

        var answer = await PerformRpc("bob", "greet", "hello");
        Assert.Equal("good day", (string?)answer["payload"]);
        Assert.Equal("unknown", (string?)(await PerformRpc("bob", "no such", ""))["code"]);
    }

    // The SDK has no method for it.
    private async Task<JsonNode> PerformRpc(string identity, string method, string payload)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(house.Options.HttpBase, "twirp/livekit.RoomService/PerformRpc"));
        var token = new AccessToken { Video = new VideoGrant { RoomAdmin = true, Room = _room } }
            .Sign(RoomHouse.Key, RoomHouse.Secret, TimeProvider.System);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(new { room = _room, destination_identity = identity, method, payload });
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    private static Task<JsonNode?> Got(ISdkClient client, string name, Func<JsonNode, bool> wanted) =>
        client.Event(name, told => (string?)told["identity"] == "alice" && wanted(told));
}
