using System.Diagnostics;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>The session is lost: by the server's word, with the server, with the media.</summary>
[Collection(AloneCollection.Name)]
public sealed class ReconnectTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leave_with_disconnect_is_the_end()
    {
        await using var house = await FaultHouse.Start();
        var record = new SessionRecord();
        var caller = await house.JoinActive("caller", record);

        Assert.True(house.Server.Dismiss(
            "room", "caller", DisconnectReason.ParticipantRemoved, LeaveRequest.Types.Action.Disconnect));

        var end = await record.Disconnected;
        Assert.Equal((RoomDisconnectCause.ServerLeave, DisconnectReason.ParticipantRemoved), (end.Cause, end.Reason));
        Assert.Equal(0, record.Reconnections);
        await house.NobodyIsLeft();
        await caller.DisposeAsync();
    }

    [Fact]
    public async Task Leave_with_resume_goes_on_with_the_session()
    {
        await using var house = await FaultHouse.Start();
        var record = new SessionRecord();
        await using var other = await house.JoinActive("other", new SessionRecord());
        await using var caller = await house.JoinActive("caller", record);
        var (sid, track) = (caller.Sid, await other.WaitForAudio(who => who.Identity == "caller", Stop));

        house.Server.Dismiss("room", "caller", DisconnectReason.ConnectionTimeout, LeaveRequest.Types.Action.Resume);

        await record.Resumed;
        Assert.Equal(sid, caller.Sid);
        await FaultHouse.Hears(other, track.Receiver, caller);
        Assert.Equal(0, record.Reconnections);
    }

    [Theory]
    [InlineData(DisconnectReason.StateMismatch, LeaveRequest.Types.Action.Reconnect)]
    [InlineData(DisconnectReason.ServerShutdown, LeaveRequest.Types.Action.Disconnect)]
    public async Task Leave_with_reconnect_or_for_a_shut_down_goes_on_in_another_session(
        DisconnectReason reason, LeaveRequest.Types.Action action)
    {
        await using var house = await FaultHouse.Start();
        var (record, told) = (new SessionRecord(), new SessionRecord());
        var other = await house.JoinActive("other", told);
        var caller = await house.JoinActive("caller", record, rpc: new Dictionary<string, RpcHandler>
        {
            ["who"] = (_, _) => Task.FromResult("still me"),
        });
        caller.SetAttributes(new Dictionary<string, string> { ["sip.callStatus"] = "active", ["sip.callID"] = "" });
        await other.WaitUntil(
            r => r.Participants.Any(who => who.Attributes.GetValueOrDefault("sip.callStatus") == "active"), Stop);
        await caller.WaitForAudio(who => who.Identity == "other", Stop);
        var (sid, microphone) = (caller.Sid, caller.Microphone);
        record.WhileReconnecting = room => room.PublishData("said meanwhile"u8);

        house.Server.Dismiss("room", "caller", reason, action);

        await record.Reconnected;
        Assert.NotEqual(sid, caller.Sid);
        Assert.NotSame(microphone, caller.Microphone);
        var seen = await other.WaitForAudio(who => who.Sid == caller.Sid, Stop);
        await FaultHouse.Hears(other, seen.Receiver, caller);
        var heard = await caller.WaitForAudio(who => who.Identity == "other", Stop);
        await FaultHouse.Hears(caller, heard.Receiver, other);
        Assert.Equal("said meanwhile", await told.Data);
        Assert.Equal("still me", await other.PerformRpc("caller", "who", "", cancellationToken: Stop));
        await other.WaitUntil(
            r => r.Participants.Single(who => who.Identity == "caller").Attributes is var all
                && all.GetValueOrDefault("sip.callStatus") == "active" && !all.ContainsKey("sip.callID"), Stop);
        await caller.DisposeAsync();
        await other.DisposeAsync();
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task A_server_that_is_restarted_has_everybody_back_within_the_bound()
    {
        await using var house = await FaultHouse.Start();
        var (first, second) = (new SessionRecord(), new SessionRecord());
        var other = await house.JoinActive("other", first);
        var caller = await house.JoinActive("caller", second);
        await other.WaitForAudio(who => who.Identity == "caller", Stop);

        await house.StopServer();
        await house.StartServer();

        await Task.WhenAll(first.Reconnected, second.Reconnected);
        var heard = await other.WaitForAudio(who => who.Sid == caller.Sid, Stop);
        await FaultHouse.Hears(other, heard.Receiver, caller);
        Assert.Single(other.Participants);
        Assert.Equal(2, house.Server.Participants);
        await caller.DisposeAsync();
        await other.DisposeAsync();
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task A_server_that_does_not_come_back_is_a_typed_end_within_the_bound()
    {
        await using var house = await FaultHouse.Start();
        var record = new SessionRecord();
        var caller = await house.JoinActive("caller", record, reconnect: TimeSpan.FromSeconds(2));
        await house.StopServer();
        var began = Stopwatch.GetTimestamp();

        var end = await record.Disconnected;

        Assert.True(end.CanRejoin);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15));
        Assert.Equal(PeerState.Closed, caller.Peer.State);
        Assert.Equal(0, house.Engine.GetStats().Peers);
        await house.StartServer();
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task Who_leaves_while_another_session_is_looked_for_is_out_at_once()
    {
        await using var house = await FaultHouse.Start();
        var record = new SessionRecord();
        var caller = await house.JoinActive("caller", record);
        await house.StopServer();
        await record.Reconnecting;

        await caller.Leave().WaitAsync(TimeSpan.FromSeconds(10), Stop);

        Assert.Equal(RoomDisconnectCause.LocalLeave, caller.Disconnect!.Cause);
        await house.StartServer();
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task A_token_that_expires_during_the_outage_is_replaced_by_a_new_one()
    {
        await using var house = await FaultHouse.Start();
        await using var proxy = new CuttableProxy(house.Server.Url);
        var record = new SessionRecord();
        // Six hours old in a second or two, and refused a minute after that.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow - TimeSpan.FromHours(6) - TimeSpan.FromSeconds(57));
        var old = Token(clock);
        var renewed = 0;
        await using var caller = await RoomParticipant.Join(
            new JoinOptions
            {
                Url = proxy.Url, Token = old,
                RenewToken = () =>
                {
                    renewed++;
                    return Token(TimeProvider.System);
                },
            },
            house.Engine, record, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, Stop);
        await caller.WaitUntil(r => r.State == ParticipantInfo.Types.State.Active, Stop);
        var sid = caller.Sid;
        proxy.Refuses = true;
        proxy.Cut();
        await record.Resuming;
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", old);
        var validate = new UriBuilder(house.Server.Url) { Scheme = "http", Path = "/rtc/validate" }.Uri;
        while ((await http.GetAsync(validate, Stop)).IsSuccessStatusCode) await Task.Delay(100, Stop);
        proxy.Refuses = false;

        await record.Resumed;

        Assert.Equal(sid, caller.Sid);
        Assert.True(renewed > 0);

        static string Token(TimeProvider time) => new AccessToken
        {
            Identity = "caller",
            Video = new VideoGrant { RoomJoin = true, Room = "room" },
        }.Sign(RoomHouse.Key, RoomHouse.Secret, time);
    }

    [Fact]
    public async Task Reliable_data_that_the_server_has_not_got_is_sent_again_with_a_resume_and_comes_once()
    {
        await using var house = await FaultHouse.Start();
        await using var proxy = new CuttableProxy(house.Server.Url);
        var (record, told) = (new SessionRecord(), new SessionRecord());
        await using var other = await house.JoinActive("other", told);
        await using var caller = await house.JoinActive("caller", record, proxy.Url);
        caller.PublishData("first"u8);
        Assert.Equal("first", await told.Data);
        house.Faults.LosesData = true;
        caller.PublishData("second"u8);
        while (house.Faults.DataLost == 0) await Task.Delay(10, Stop);
        house.Faults.LosesData = false;

        proxy.Cut();
        await record.Resumed;
        caller.PublishData("third"u8);

        Assert.Equal(("second", "third"), (await told.Data, await told.Data));
        Assert.False(told.HasMoreData);
    }
}
