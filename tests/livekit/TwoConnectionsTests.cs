using GoTo.LiveKit.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>
/// A server that answers <c>/rtc/v1</c> with 404: our participant takes <c>/rtc</c>, with a peer connection to send on and
/// one to receive on, and all that it does is as with one.
/// </summary>
public sealed class TwoConnectionsTests(TwoConnectionHouse house) : IClassFixture<TwoConnectionHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_without_one_connection_gives_two()
    {
        await using var caller = await house.Join(RoomHouse.NewRoom(), "caller");

        Assert.True(caller.HasTwoConnections);
        Assert.Single(caller.Peer.Transceivers);
    }

    [Fact]
    public async Task One_that_may_not_subscribe_has_the_connection_that_it_sends_on()
    {
        var room = RoomHouse.NewRoom();
        await using var other = await house.Join(room, "other");
        var token = new AccessToken
        {
            Identity = "caller", Video = new VideoGrant { RoomJoin = true, Room = room, CanSubscribe = false },
        }.Sign(RoomHouse.Key, RoomHouse.Secret, TimeProvider.System);

        await using var caller = await RoomParticipant.Join(
            new JoinOptions { Url = house.Server.Url, Token = token }, house.Engine, new RoomRecord(), TimeProvider.System,
            NullLoggerFactory.Instance, Stop);

        await other.WaitForAudio(who => who.Identity == "caller", Stop);
        Assert.Empty(caller.Tracks);
    }

    [Fact]
    public async Task A_room_that_is_not_there_is_refused_in_the_servers_words()
    {
        await using var server = await Simulator.Rooms.RoomServer.Start(
            new Simulator.Rooms.RoomServerOptions { ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret, AutoCreate = false },
            TimeProvider.System, NullLoggerFactory.Instance, Stop);

        var refused = await Assert.ThrowsAsync<RoomJoinException>(() => RoomParticipant.Join(
            new JoinOptions { Url = server.Url, Token = RoomHouse.TokenFor("absent", "caller") }, house.Engine, new RoomRecord(),
            TimeProvider.System, NullLoggerFactory.Instance, Stop));

        Assert.Equal("requested room does not exist", refused.ServerText);
    }
}

/// <summary>A session of two connections that is lost.</summary>
[Collection(AloneCollection.Name)]
public sealed class TwoConnectionsLostTests
{
    [Fact]
    public async Task Another_session_of_two_connections_takes_its_place_and_is_heard()
    {
        await using var house = await FaultHouse.Start(singlePeerConnection: false);
        var record = new SessionRecord();
        await using var other = await house.JoinActive("other", new SessionRecord());
        await using var caller = await house.JoinActive("caller", record);
        var sid = caller.Sid;

        house.Server.Dismiss("room", "caller", DisconnectReason.StateMismatch, LeaveRequest.Types.Action.Reconnect);

        await record.Reconnected;
        Assert.True(caller.HasTwoConnections);
        Assert.NotEqual(sid, caller.Sid);
        var stop = TestContext.Current.CancellationToken;
        await other.WaitUntil(room => room.Tracks.Any(track => track.Participant.Sid == caller.Sid), stop);
        await caller.WaitForListener(stop);
        await caller.WaitForAudio(who => who.Identity == "other", stop);
        var heard = new PayloadTap(1);
        other.Tracks.Single(track => track.Participant.Sid == caller.Sid).Receiver.Tap = heard;
        caller.Microphone.Send(new byte[] { 7 }, samples: 960);
        await heard.Complete();
    }
}

/// <summary>The same over two connections.</summary>
public sealed class RoomOverTwoConnectionsTests(TwoConnectionHouse house, ITestOutputHelper output)
    : RoomTests(house, output), IClassFixture<TwoConnectionHouse>;

/// <summary>The same over two connections.</summary>
public sealed class RoomDataOverTwoConnectionsTests(TwoConnectionHouse house)
    : RoomDataTests(house), IClassFixture<TwoConnectionHouse>;

/// <summary>The same over two connections.</summary>
public sealed class ResumeOverTwoConnectionsTests(TwoConnectionHouse house)
    : ResumeTests(house), IClassFixture<TwoConnectionHouse>;
