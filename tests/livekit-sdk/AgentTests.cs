using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>An agent on <c>@livekit/rtc-node</c> that registers as a worker and gets jobs.</summary>
public sealed class AgentTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private readonly string _room = RoomHouse.NewRoom();
    private readonly string _agent = $"echo-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_dispatched_agent_sends_back_what_it_hears()
    {
        await using var agent = await StartAgent();
        await using var sdk = await NodeScript.Start(
            "server-sdk.mjs", house.Options.HttpBase.ToString(), RoomHouse.Key, RoomHouse.Secret);
        await using var alice = await house.Join("rtc-node", _room, "alice");
        await alice.Call("publishTone", new { name = "tone", hz = 440 });

        object[] args = [_room, _agent, new { metadata = "a call" }];
        await sdk.Call("api", new { client = "dispatches", method = "createDispatch", args });

        var joined = await agent.Event("joined");
        Assert.Equal((_room, "a call"), ((string?)joined!["room"], (string?)joined["metadata"]));
        var identity = $"{_agent}-{joined["job"]}";
        await alice.Call("hears", new { identity, hz = 440 });
        await alice.Call("publishDtmf", new { code = 7, digit = "7" });
        await alice.Event("dtmf", told => ((string?)told["identity"], (int)told["code"]!) == (identity, 7));
    }

    [Fact]
    public async Task An_agent_that_dies_is_gone_for_the_others_and_the_next_job_goes_to_another()
    {
        var first = await StartAgent();
        await using var alice = await house.Join("rtc-node", _room, "alice");
        await house.Dispatches.CreateDispatch(
            new CreateAgentDispatchRequest { Room = _room, AgentName = _agent },
            TestContext.Current.CancellationToken);
        var identity = $"{_agent}-{(await first.Event("joined"))!["job"]}";
        await alice.Event("subscribed", told => (string?)told["identity"] == identity);

        await first.DisposeAsync();

        await alice.Event("participantLeft", told => (string?)told["identity"] == identity);
        await using var second = await StartAgent();
        await house.Dispatches.CreateDispatch(
            new CreateAgentDispatchRequest { Room = _room, AgentName = _agent },
            TestContext.Current.CancellationToken);
        await second.Event("joined");
    }

    private async Task<NodeScript> StartAgent()
    {
        var agent = await NodeScript.Start(
            "echo-agent.mjs", house.Server.Url.ToString(), RoomHouse.Key, RoomHouse.Secret, _agent);
        await agent.Call("register");
        await agent.Event("registered");
        return agent;
    }
}
