using System.Diagnostics;
using GoTo.LiveKit.Protocol;
using Xunit;

namespace GoTo.LiveKit.Tests;

public class RoomTests(RoomHouse house, ITestOutputHelper output) : IClassFixture<RoomHouse>
{
    private static readonly Random Chance = new(20260822);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_participant_says_comes_back_from_the_echo_agent_byte_for_byte()
    {
        var room = RoomHouse.NewRoom();
        await house.CreateRoomWithEcho(room);
        await using var caller = await house.Join(room, "caller");
        var echo = await caller.WaitForAudio(who => who.IsAgent, Stop);
        await caller.WaitForListener(Stop);
        await caller.WaitUntil(IsEchoListening, Stop);
        await RoomHouse.WaitForEcho(caller, echo.Receiver);
        var sent = Enumerable.Range(0, 250).Select(_ => Payload()).ToList();
        var heard = new PayloadTap(sent.Count);
        echo.Receiver.Tap = heard;

        foreach (var payload in sent)
            caller.Microphone.Send(payload, samples: 960);
        await heard.Complete();

        Assert.Equal(sent, heard.Payloads);
        Assert.Equal(room, caller.RoomName);
        Assert.Equal("caller", caller.Identity);
        Assert.StartsWith("PA_", caller.Sid, StringComparison.Ordinal);
        Assert.StartsWith("TR_", caller.MicrophoneSid, StringComparison.Ordinal);
        Assert.StartsWith("echo-", echo.Participant.Identity, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_participants_see_and_hear_each_other_come_and_go()
    {
        var room = RoomHouse.NewRoom();
        var record = new RoomRecord();
        await using var first = await house.Join(room, "first", record);
        var second = await house.Join(room, "second");
        await first.WaitUntil(
            seen => seen.Tracks.Count == 1
                && seen.Participants.Single().State == ParticipantInfo.Types.State.Active,
            Stop);
        await using var third = await house.Join(room, "third");
        await record.Until("subscribed to third");
        await second.WaitForAudio(who => who.Identity == "third", Stop);
        await third.WaitForAudio(who => who.Identity == "first", Stop);
        await third.WaitForAudio(who => who.Identity == "second", Stop);

        var heard = new PayloadTap(1);
        first.Tracks.Single(track => track.Participant.Identity == "third").Receiver.Tap = heard;
        await third.WaitForListener(Stop);
        third.Microphone.Send(new byte[] { 1, 2, 3 }, samples: 960);
        await heard.Complete();
        Assert.Equal([1, 2, 3], heard.Payloads.Single());

        await second.Leave();
        Assert.Equal(
            ["unsubscribed from second", "second Left Disconnected tracks=0"],
            (await record.Until("second Left Disconnected tracks=0")).TakeLast(2));
        Assert.Equal(["third"], first.Participants.Select(who => who.Identity));
        Assert.Equal(["third"], first.Tracks.Select(track => track.Participant.Identity));
        var left = Assert.IsType<RoomDisconnect>(second.Disconnect);
        Assert.Equal(RoomDisconnectCause.LocalLeave, left.Cause);
        Assert.False(left.CanRejoin);
    }

    [Fact]
    public async Task More_participants_than_spare_lines_are_all_heard()
    {
        var room = RoomHouse.NewRoom();
        await using var listener = await house.Join(room, "listener");
        var others = new List<RoomParticipant>();
        for (var i = 0; i < 5; i++)
            others.Add(await house.Join(room, $"speaker-{i}"));
        foreach (var other in others)
        {
            var track = await listener.WaitForAudio(who => who.Identity == other.Identity, Stop);
            await other.WaitForListener(Stop);
            var payload = Payload();
            var heard = new PayloadTap(1);
            track.Receiver.Tap = heard;
            other.Microphone.Send(payload, samples: 960);
            await heard.Complete();
            Assert.Equal(payload, heard.Payloads.Single());
        }
        Assert.Equal(listener.HasTwoConnections ? 1 : 6, listener.Peer.Transceivers.Count);
        foreach (var other in others)
            await other.DisposeAsync();
    }

    [Fact]
    public async Task Each_that_comes_is_heard_on_a_line_of_its_own()
    {
        var room = RoomHouse.NewRoom();
        var record = new RoomRecord();
        await using var listener = await house.Join(room, "listener", record);
        for (var i = 0; i < 4; i++)
        {
            await using var speaker = await house.Join(room, $"speaker-{i}");
            var track = await listener.WaitForAudio(who => who.Identity == speaker.Identity, Stop);
            await speaker.WaitForListener(Stop);
            var heard = new PayloadTap(1);
            track.Receiver.Tap = heard;
            speaker.Microphone.Send(new[] { (byte)i }, samples: 960);
            await heard.Complete();
            Assert.Equal([(byte)i], heard.Payloads.Single());
            await speaker.Leave();
            await record.Until($"speaker-{i} Left Disconnected tracks=0");
            track.Receiver.Tap = null;
        }
        // The microphone's, and one for each: a line carries one track in its life.
        Assert.Equal(listener.HasTwoConnections ? 1 : 5, listener.Peer.Transceivers.Count);
    }

    [Fact]
    public async Task A_second_join_of_an_identity_evicts_the_first()
    {
        var room = RoomHouse.NewRoom();
        var watcher = new RoomRecord();
        await using var other = await house.Join(room, "other", watcher);
        var record = new RoomRecord();
        await using var former = await house.Join(room, "same", record);
        await watcher.Until("same Updated Active tracks=1");
        await using var latter = await house.Join(room, "same");

        var end = await record.Disconnected;
        Assert.Equal(
            (RoomDisconnectCause.ServerLeave, DisconnectReason.DuplicateIdentity, LeaveRequest.Types.Action.Disconnect),
            (end.Cause, end.Reason, end.Action));
        Assert.False(end.CanRejoin);
        await watcher.Until("same Left Disconnected tracks=0");
        await watcher.Until("same Updated Active tracks=1");
        Assert.NotEqual(former.Sid, latter.Sid);
        Assert.Equal([latter.Sid], other.Participants.Select(who => who.Sid));
    }

    [Fact]
    public async Task Deleting_a_room_ends_its_participants()
    {
        var room = RoomHouse.NewRoom();
        var record = new RoomRecord();
        await using var caller = await house.Join(room, "caller", record);
        var waiting = caller.WaitForAudio(who => who.IsAgent, Stop);

        await house.Rooms.DeleteRoom(room, Stop);

        var end = await record.Disconnected;
        Assert.Equal(RoomDisconnectCause.ServerLeave, end.Cause);
        Assert.Equal(DisconnectReason.RoomDeleted, end.Reason);
        var over = await Assert.ThrowsAsync<RoomDisconnectedException>(() => waiting);
        Assert.Equal(end, over.Disconnect);
        Assert.Equal(WebRtc.PeerState.Closed, caller.Peer.State);
        Assert.Empty(await house.Rooms.ListRooms([room], Stop));
    }

    [Fact]
    public async Task A_removed_participant_is_told_and_can_join_again()
    {
        var room = RoomHouse.NewRoom();
        var record = new RoomRecord();
        await using var caller = await house.Join(room, "caller", record);
        await caller.WaitUntil(me => me.State == ParticipantInfo.Types.State.Active, Stop);
        Assert.Equal(
            ParticipantInfo.Types.State.Active, (await house.Rooms.GetParticipant(room, "caller", Stop)).State);

        await house.Rooms.RemoveParticipant(room, "caller", Stop);

        Assert.Equal(DisconnectReason.ParticipantRemoved, (await record.Disconnected).Reason);
        Assert.Empty(await house.Rooms.ListParticipants(room, Stop));
        await using var again = await house.Join(room, "caller");
        Assert.Equal(
            [again.Sid], (await house.Rooms.ListParticipants(room, Stop)).Select(participant => participant.Sid));
    }

    [Fact]
    public async Task Attributes_set_by_a_participant_reach_the_others_and_merge()
    {
        var room = RoomHouse.NewRoom();
        await using var watcher = await house.Join(room, "watcher");
        await using var caller = await house.Join(room, "caller");
        caller.SetAttributes(new Dictionary<string, string> { ["sip.callStatus"] = "active" });
        await watcher.WaitUntil(
            seen => seen.Participants.Any(who => who.Attributes.GetValueOrDefault("sip.callStatus") == "active"), Stop);
        Assert.Equal("caller", watcher.Participants.Single().Attributes["sip.callID"]);
        caller.SetAttributes(new Dictionary<string, string> { ["sip.callID"] = "" });
        await watcher.WaitUntil(
            seen => seen.Participants.All(who => !who.Attributes.ContainsKey("sip.callID")), Stop);
        Assert.Equal("active", watcher.Participants.Single().Attributes["sip.callStatus"]);
    }

    [Fact]
    public async Task An_agent_dispatched_to_a_room_that_exists_comes_and_is_listed()
    {
        var room = RoomHouse.NewRoom();
        await using var caller = await house.Join(room, "caller");
        var dispatch = await house.Dispatches.CreateDispatch(
            new CreateAgentDispatchRequest { AgentName = "echo", Room = room, Metadata = "m" }, Stop);
        var agent = (await caller.WaitForAudio(who => who.IsAgent, Stop)).Participant;

        var listed = Assert.Single(
            await house.Dispatches.ListDispatch(room, Stop), each => each.AgentName == "echo");
        var job = Assert.Single(listed.State.Jobs);
        Assert.Equal(dispatch.Id, listed.Id);
        Assert.Equal("m", job.Metadata);
        Assert.Equal(JobStatus.JsRunning, job.State.Status);
        Assert.Equal(agent.Identity, job.State.ParticipantIdentity);

        await house.Dispatches.DeleteDispatch(room, dispatch.Id, Stop);
        await caller.WaitUntil(seen => seen.Participants.Count == 0, Stop);
    }

    [Fact]
    public async Task Set_up_from_room_creation_to_audio_both_ways_is_quick()
    {
        await SetUp();
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
            times.Add(await SetUp());
        times.Sort();
        output.WriteLine($"CreateRoom to audio both ways, ms: {string.Join(" ", times.Select(t => $"{t:F0}"))}");
        // The best of ten: a loaded machine slows some down, waiting or polling would slow all.
        Assert.InRange(times[0], 0, 200);
    }

    [Fact]
    public async Task Joining_alone_is_quick()
    {
        await (await house.Join(RoomHouse.NewRoom(), "warm")).DisposeAsync();
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var participant = await house.Join(RoomHouse.NewRoom(), "me");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        times.Sort();
        output.WriteLine($"Join to connected, ms: {string.Join(" ", times.Select(t => $"{t:F0}"))}");
        Assert.InRange(times[0], 0, 50);
    }

    private static bool IsEchoListening(RoomParticipant room) =>
        room.Participants.Any(who => who.Attributes.GetValueOrDefault("lk.agent.state") == "listening");

    private async Task<double> SetUp()
    {
        var room = RoomHouse.NewRoom();
        var started = Stopwatch.GetTimestamp();
        await house.CreateRoomWithEcho(room);
        await using var caller = await house.Join(room, "caller");
        await caller.WaitForAudio(who => who.IsAgent, Stop);
        await caller.WaitForListener(Stop);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static byte[] Payload()
    {
        var payload = new byte[Chance.Next(1, 200)];
        Chance.NextBytes(payload);
        return payload;
    }
}
