using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>The agent, its room or the room server is gone while the caller talks: never silence with a live call.</summary>
public sealed class AgentLossTests(AgentLossHouse house) : IClassFixture<AgentLossHouse>
{
    private static readonly IReadOnlyList<string> Announcement =
        [.. Speech.Recorded.Select(packet => Convert.ToHexString(packet.Payload.Span))];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_that_leaves_is_sought_again_and_the_next_one_takes_over()
    {
        var leaving = await house.World.StartAgent(World.LateAgent);
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Call(phone, World.NumberOfLateAgent);
        await phone.Hears(Talk.PhonePitch);

        await house.World.StopAgent(leaving);

        await journal.Has<AgentLost>();
        Assert.Equal(World.LateAgent, (await journal.Has<AgentSought>()).Agent);
        await journal.Has<AgentSought>(sought => sought.Agent == "echo");
        await journal.Has<AgentReady>(ready => ready.Identity.StartsWith("echo", StringComparison.Ordinal));
        await phone.Hears(Talk.PhonePitch);
        Assert.DoesNotContain(journal.Entries, entry => entry.Event is HangUpIntended or MediaFailed);
    }

    [Fact]
    public async Task An_agent_that_comes_back_in_time_goes_on_and_the_caller_hears_an_announcement_meanwhile()
    {
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Call(phone, World.NumberOfToneAgent);
        var room = (await journal.Has<RoomJoined>()).Room;
        var agent = await ToneAgent.Join(house.World, room, Talk.AgentPitch, Talk.PhonePitch, Talk.OtherPitch);
        await phone.Hears(Talk.AgentPitch);

        await agent.DisposeAsync();
        await journal.Has<AgentLost>();
        await Until.True(
            () => Task.FromResult(Announcement.Take(20).All(payload => phone.Packets.Any(packet => packet.Payload == payload))),
            TimeSpan.FromSeconds(30), "the phone hears the announcement");
        await using var back = await ToneAgent.Join(house.World, room, Talk.AgentPitch, Talk.PhonePitch, Talk.OtherPitch);

        await Task.WhenAll(phone.Hears(Talk.AgentPitch), back.Hears(Talk.PhonePitch));
        Assert.DoesNotContain(journal.Entries, entry => entry.Event is AgentSought or HangUpIntended);
    }

    [Fact]
    public async Task When_no_agent_is_left_the_caller_is_passed_on_to_the_fallback()
    {
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Call(phone, World.NumberWithFallback);
        var agent = await ToneAgent.Join(
            house.World, (await journal.Has<RoomJoined>()).Room, Talk.AgentPitch, Talk.PhonePitch, Talk.OtherPitch);
        await phone.Hears(Talk.AgentPitch);

        await agent.DisposeAsync();

        Assert.Equal("ext:1001", await phone.Told("transferred", "target"));
        var events = await journal.ToEnd();
        Assert.Equal(EndReason.Transfer, ((Ended)events[^1]).Reason);
        Assert.Single(events.OfType<AgentLost>());
    }

    [Fact]
    public async Task A_room_that_is_deleted_hangs_up_as_with_LiveKit_s_SIP_bridge()
    {
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Call(phone, World.Number);
        await phone.Hears(Talk.PhonePitch);

        await house.World.RoomService.DeleteRoom((await journal.Has<RoomJoined>()).Room, Stop);

        await phone.Told("ended", "reason");
        var events = await journal.ToEnd();
        Assert.Equal("agent", Assert.Single(events.OfType<HangUpIntended>()).Actor);
        Assert.Equal(EndReason.LocalHangUp, ((Ended)events[^1]).Reason);
    }

    [Fact]
    public async Task A_room_server_that_is_restarted_has_caller_and_agent_talking_again()
    {
        await using var phone = await Talk.Connect(house.World);
        await using var journal = await Call(phone, World.Number);
        await phone.Hears(Talk.PhonePitch);

        await house.World.RestartRooms();

        await Until.True(() => Task.FromResult(house.World.Rooms.Participants >= 2), TimeSpan.FromSeconds(60), "phone and agent are back");
        await phone.Hears(Talk.PhonePitch);
        Assert.DoesNotContain(journal.Entries, entry => entry.Event is HangUpIntended or MediaFailed);
        await house.Service.Cluster.Call(journal.Call).HangUp(HangUpReason.Normal, CommandId.New(), Stop);
        await journal.ToEnd();
        await Until.True(() => Task.FromResult(house.World.Rooms.Participants == 0), TimeSpan.FromSeconds(60), "nobody is left in a room");
    }

    private async Task<JournalReader> Call(TonePhone phone, string number)
    {
        var id = await phone.Phone.Dial("+15551234567", number, Stop);
        return house.Service.Follow(new CallKey(World.Account, id));
    }
}

/// <summary>One silo whose numbers have little patience with agents that leave.</summary>
public sealed class AgentLossHouse : IAsyncLifetime
{
    internal World World { get; private set; } = null!;

    internal SiloProcess Silo { get; private set; } = null!;

    internal Service Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        World = await World.Start();
        var settings = World.SiloSettings(patience: TimeSpan.FromSeconds(6));
        settings["GoTo:Numbers:0:AgentLoss:ReturnTimeout"] = "00:01:00";
        settings["GoTo:Numbers:1:NextAgents:0"] = "echo";
        settings["GoTo:Numbers:1:AgentLoss:ReturnTimeout"] = "00:00:01";
        settings["GoTo:Numbers:2:AgentLoss:ReturnTimeout"] = "00:01:00";
        settings["GoTo:Numbers:2:AgentLoss:Announcement"] = "speech";
        settings["GoTo:Numbers:3:AgentTimeout"] = "00:00:30";
        settings["GoTo:Numbers:3:AgentLoss:ReturnTimeout"] = "00:00:01";
        settings["GoTo:Numbers:3:AgentLoss:Redispatch"] = "false";
        Silo = await SiloProcess.Start(settings);
        Service = await Service.Connect(settings);
        await Service.ChannelUp();
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Silo.DisposeAsync();
        await World.DisposeAsync();
    }
}
