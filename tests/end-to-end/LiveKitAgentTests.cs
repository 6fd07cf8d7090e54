using System.Globalization;
using System.Text.Json;
using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.LiveKitSdk.Tests;

namespace GoTo.EndToEnd.Tests;

/// <summary>Calls that an agent on LiveKit's own <c>@livekit/rtc-node</c> answers.</summary>
public sealed class LiveKitAgentTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_phone_hears_its_own_tone_from_an_agent_that_knows_nothing_of_us()
    {
        const int packets = 150;
        await using var world = await World.Start();
        var settings = world.SiloSettings(patience: TimeSpan.FromSeconds(30));
        await using var agent = await StartAgent(world);
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();

        await using var phone = ChildProcess.Python(
            "aiortc_phone.py", world.Cloud.PhoneSocketUrl.ToString(), World.NumberOfLateAgent,
            packets.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(0, await phone.Exit(TimeSpan.FromSeconds(60)));
        using var report = JsonDocument.Parse(phone.Output.Split('\n').Last(line => line.StartsWith('{')));
        var figures = report.RootElement;
        Assert.InRange(figures.GetProperty("received").GetInt32(), packets, int.MaxValue);
        Assert.Equal(0, figures.GetProperty("lost").GetInt32());
        Assert.InRange(figures.GetProperty("pitch").GetInt32(), 435, 445);
        // It leaves with the caller: nobody is left in the room.
        await agent.Event("disconnected");
    }

    [Fact]
    public async Task Keys_pass_both_ways_and_the_agent_alone_may_hang_up()
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings(patience: TimeSpan.FromSeconds(30));
        await using var agent = await StartAgent(world);
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        await using var phone = await Talk.Connect(world);
        var id = await phone.Phone.Dial("+15551234567", World.NumberOfLateAgent, TestContext.Current.CancellationToken);
        await using var journal = service.Follow(new CallKey(World.Account, id));
        await agent.Event("attributes", told => (string?)told["changed"]!["sip.callStatus"] == "active");
        await phone.Hears(Talk.PhonePitch);

        await phone.Phone.Press('5');

        var heard = await agent.Event("dtmf");
        Assert.Equal(($"phone-{id}", 5, "5"), ((string?)heard!["identity"], (int)heard["code"]!, (string?)heard["digit"]));
        // The agent sends back each key that it hears, and is not told of its own.
        Assert.Equal("5", await phone.Told("dtmf", "digit"));
        await journal.Has<DigitsSent>(sent => sent.Digits == "5");
        Assert.Single(agent.Events("dtmf"));
        await phone.Phone.Press('7', inAudio: false);
        await agent.Event("dtmf", told => (string?)told["digit"] == "7");
        await journal.Has<DigitsSent>(sent => sent.Digits == "7");
        Assert.Equal(2, agent.Events("dtmf").Count);

        var end = new { identity = $"phone-{id}", method = "lk.sip.EndCall", payload = "{}" };
        await using var supervisor = await NodeScript.Start("rtc-node.mjs");
        var room = (await journal.Has<RoomJoined>()).Room;
        await supervisor.Call("connect", new { url = world.LiveKit.Url!.ToString(), token = SupervisorToken(world, room) });
        var refused = await Assert.ThrowsAsync<NodeException>(() => supervisor.Call("rpc", end));
        Assert.Equal("403", refused.Code);

        Assert.Equal("{}", (string?)await agent.Call("rpc", end));

        Assert.Equal(EndReason.LocalHangUp, ((Ended)(await journal.ToEnd())[^1]).Reason);
        Assert.Equal("agent", journal.Entries.Last(entry => entry.Event is CommandAccepted or HangUpIntended).Actor);
        await agent.Event("attributes", told => (string?)told["changed"]!["sip.callStatus"] == "hangup");
        await phone.Told("ended", "reason");
    }

    [Fact]
    public async Task An_agent_whose_process_is_killed_in_mid_call_is_replaced_by_another_process()
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings(patience: TimeSpan.FromSeconds(30));
        settings["GoTo:Numbers:1:AgentLoss:ReturnTimeout"] = "00:00:01";
        var killed = await StartAgent(world);
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        await using var phone = await Talk.Connect(world);
        var id = await phone.Phone.Dial("+15551234567", World.NumberOfLateAgent, TestContext.Current.CancellationToken);
        await using var journal = service.Follow(new CallKey(World.Account, id));
        await phone.Hears(Talk.PhonePitch);
        var room = (await journal.Has<RoomJoined>()).Room;
        var dead = (await journal.Has<AgentReady>()).Identity;

        await killed.DisposeAsync();
        var since = TimeProvider.System.GetTimestamp();
        await using var next = await StartAgent(world);
        await journal.Has<AgentLost>(limit: TimeSpan.FromSeconds(60));
        output.WriteLine($"The call knew after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s.");

        Assert.Equal(World.LateAgent, (await journal.Has<AgentSought>()).Agent);
        await next.Event("joined");
        await journal.Has<AgentReady>(ready => ready.Identity != dead);
        await phone.Hears(Talk.PhonePitch);
        output.WriteLine($"The phone heard the next one after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s.");
        Assert.DoesNotContain(
            await world.RoomService.ListParticipants(room, TestContext.Current.CancellationToken), who => who.Identity == dead);
        Assert.DoesNotContain(journal.Entries, entry => entry.Event is HangUpIntended or MediaFailed);
        await service.Cluster.Call(journal.Call).HangUp(
            HangUpReason.Normal, CommandId.New(), TestContext.Current.CancellationToken);
        await journal.ToEnd();
        await next.Event("disconnected");
        await Until.True(
            async () => world.Rooms is { Participants: 0, Sockets: 0, Peers: 0 } && (await service.Locate("media")).Count == 0,
            TimeSpan.FromSeconds(60), "no participant, socket, media connection or call's audio is left");
    }

    private static async Task<NodeScript> StartAgent(World world)
    {
        var agent = await NodeScript.Start(
            "echo-agent.mjs", world.LiveKit.Url!.ToString(), world.LiveKit.ApiKey!, world.LiveKit.ApiSecret!, World.LateAgent);
        await agent.Call("register");
        await agent.Event("registered");
        return agent;
    }

    private static string SupervisorToken(World world, string room) => new AccessToken
    {
        Identity = "supervisor",
        Video = new VideoGrant { RoomJoin = true, Room = room, CanPublish = true, CanSubscribe = true },
    }.Sign(world.LiveKit.ApiKey!, world.LiveKit.ApiSecret!, TimeProvider.System);
}
