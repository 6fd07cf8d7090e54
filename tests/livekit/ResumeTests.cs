using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>The signalling is lost while audio goes on.</summary>
public class ResumeTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cut_socket_is_resumed_and_not_one_packet_is_missing()
    {
        var room = RoomHouse.NewRoom();
        await using var other = await house.Join(room, "other");
        await using var proxy = new CuttableProxy(house.Server.Url);
        var record = new ResumeRecord();
        await using var caller = await Join(proxy, room, record);
        var track = await other.WaitForAudio(who => who.Identity == "caller", Stop);
        await caller.WaitForListener(Stop);
        const int Count = 150;
        var heard = new PayloadTap(Count);
        track.Receiver.Tap = heard;
        var sid = caller.Sid;

        for (var i = 0; i < Count; i++)
        {
            caller.Microphone.Send(BitConverter.GetBytes(i), samples: 960);
            if (i is 20 or 70) proxy.Cut();
            await Task.Delay(10, Stop);
        }

        await heard.Complete();
        await record.Resumed.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        Assert.Equal(Enumerable.Range(0, Count).Select(BitConverter.GetBytes), heard.Payloads);
        Assert.Null(caller.Disconnect);
        Assert.Equal(sid, caller.Sid);
        caller.SetAttributes(new Dictionary<string, string> { ["after"] = "yes" });
        await other.WaitUntil(
            seen => seen.Participants.Any(who => who.Attributes.GetValueOrDefault("after") == "yes"), Stop);
        Assert.DoesNotContain(other.Participants, who => who.Sid != sid);
    }

    [Fact]
    public async Task A_room_that_is_gone_meanwhile_ends_typed_at_once()
    {
        var room = RoomHouse.NewRoom();
        await using var proxy = new CuttableProxy(house.Server.Url);
        var record = new ResumeRecord();
        await using var caller = await Join(proxy, room, record);

        proxy.Refuses = true;
        proxy.Cut();
        await record.Resuming.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        await house.Rooms.DeleteRoom(room, Stop);
        proxy.Refuses = false;

        var end = await record.Disconnected.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.True(end.Cause is RoomDisconnectCause.ServerLeave or RoomDisconnectCause.MediaFailed, end.ToString());
        Assert.Equal(PeerState.Closed, caller.Peer.State);
        Assert.DoesNotContain(await house.Rooms.ListRooms([room], Stop), each => each.NumParticipants > 0);
    }

    [Fact]
    public async Task A_server_that_stays_away_ends_it_within_the_bound()
    {
        var room = RoomHouse.NewRoom();
        await using var proxy = new CuttableProxy(house.Server.Url);
        var record = new ResumeRecord();
        await using var caller = await Join(proxy, room, record, TimeSpan.FromSeconds(1));
        proxy.Refuses = true;
        proxy.Cut();

        var end = await record.Disconnected.WaitAsync(TimeSpan.FromSeconds(20), Stop);

        Assert.Equal(RoomDisconnectCause.SignalLost, end.Cause);
        Assert.True(end.CanRejoin);
        await Assert.ThrowsAsync<RpcException>(() => caller.PerformRpc("other", "x", "", cancellationToken: Stop));
    }

    [Fact]
    public async Task Who_leaves_while_resuming_is_out_at_once()
    {
        var room = RoomHouse.NewRoom();
        await using var proxy = new CuttableProxy(house.Server.Url);
        var record = new ResumeRecord();
        var caller = await Join(proxy, room, record);
        proxy.Refuses = true;
        proxy.Cut();
        await record.Resuming.WaitAsync(TimeSpan.FromSeconds(10), Stop);

        await caller.Leave().WaitAsync(TimeSpan.FromSeconds(10), Stop);

        Assert.Equal(RoomDisconnectCause.LocalLeave, caller.Disconnect!.Cause);
    }

    private async Task<RoomParticipant> Join(
        CuttableProxy proxy, string room, IRoomEvents events, TimeSpan? resume = null)
    {
        var caller = await RoomParticipant.Join(
            new JoinOptions
            {
                Url = proxy.Url, Token = RoomHouse.TokenFor(room, "caller"),
                ResumeTimeout = resume ?? TimeSpan.FromSeconds(30), ReconnectTimeout = TimeSpan.Zero,
            },
            house.Engine, events, TimeProvider.System, NullLoggerFactory.Instance, Stop);
        // A server keeps a session without a socket only once it has the media connected too.
        await caller.WaitUntil(r => r.State == ParticipantInfo.Types.State.Active, Stop);
        return caller;
    }

    private sealed class ResumeRecord : IRoomEvents
    {
        private readonly TaskCompletionSource _resuming = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<RoomDisconnect> _disconnected =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Resuming => _resuming.Task;

        public Task Resumed => _resumed.Task;

        public Task<RoomDisconnect> Disconnected => _disconnected.Task;

        public void OnResuming(RoomParticipant room, RoomDisconnect lost) => _resuming.TrySetResult();

        public void OnResumed(RoomParticipant room) => _resumed.TrySetResult();

        public void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect) =>
            _disconnected.TrySetResult(disconnect);

        public void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
        {
        }

        public void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }

        public void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }
    }
}
