using GoTo.WebRtc;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>Nothing passes any more and nobody says so: of the media alone, or of all because the server was killed.</summary>
[Collection(AloneCollection.Name)]
public sealed class NetworkLossTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_media_path_that_is_lost_for_seconds_goes_on_in_the_same_session()
    {
        await using var house = await FaultHouse.StartCuttable();
        var (first, second) = (new SessionRecord(), new SessionRecord());
        var other = await house.JoinActive("other", first);
        var caller = await house.JoinActive("caller", second);
        var track = await other.WaitForAudio(who => who.Identity == "caller", Stop);
        await FaultHouse.Hears(other, track.Receiver, caller);
        var (sid, otherSid) = (caller.Sid, other.Sid);

        house.Media!.IsCut = true;
        await Eventually(async peer => (await peer.GetStats()).State == PeerState.Disconnected);
        house.Media.IsCut = false;

        await Eventually(async peer => await peer.GetStats() is { State: PeerState.Connected, IceRestarts: > 0 });
        await FaultHouse.Hears(other, track.Receiver, caller);
        Assert.Equal((sid, otherSid), (caller.Sid, other.Sid));
        Assert.Equal((0, 0), (first.Reconnections, second.Reconnections));
        await caller.DisposeAsync();
        await other.DisposeAsync();
        await house.NobodyIsLeft();

        async Task Eventually(Func<RtcPeer, Task<bool>> condition)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            patience.CancelAfter(TimeSpan.FromSeconds(40));
            while (!await condition(caller.Peer) || !await condition(other.Peer)) await Task.Delay(20, patience.Token);
        }
    }

    [Fact]
    public async Task A_media_path_that_is_lost_for_longer_is_replaced_by_that_of_another_session()
    {
        await using var house = await FaultHouse.StartCuttable();
        var (first, second) = (new SessionRecord(), new SessionRecord());
        var other = await house.JoinActive("other", first);
        var caller = await house.JoinActive("caller", second);
        var sid = caller.Sid;
        var cut = TimeProvider.System.GetTimestamp();

        house.Media!.IsCut = true;
        await Task.WhenAll(first.Reconnecting, second.Reconnecting);
        output.WriteLine($"Another session is looked for after {TimeProvider.System.GetElapsedTime(cut).TotalSeconds:0.0} s.");
        house.Media.IsCut = false;

        await Task.WhenAll(first.Reconnected, second.Reconnected);
        Assert.NotEqual(sid, caller.Sid);
        var heard = await other.WaitForAudio(who => who.Sid == caller.Sid, Stop);
        await FaultHouse.Hears(other, heard.Receiver, caller);
        Assert.Equal(2, house.Server.Participants);
        await caller.DisposeAsync();
        await other.DisposeAsync();
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task A_media_path_that_does_not_come_back_is_a_typed_end_within_the_bound()
    {
        await using var house = await FaultHouse.StartCuttable();
        var record = new SessionRecord();
        var caller = await house.JoinActive("caller", record, reconnect: TimeSpan.FromSeconds(3));
        var cut = TimeProvider.System.GetTimestamp();

        house.Media!.IsCut = true;
        var end = await record.Disconnected;

        output.WriteLine($"After {TimeProvider.System.GetElapsedTime(cut).TotalSeconds:0.0} s: {end}");
        Assert.True(end.CanRejoin);
        Assert.Equal(PeerState.Closed, caller.Peer.State);
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task A_server_that_is_killed_and_started_again_has_everybody_back_within_the_bound()
    {
        await using var house = await FaultHouse.StartCuttable();
        var (first, second) = (new SessionRecord(), new SessionRecord());
        var other = await house.JoinActive("other", first);
        var caller = await house.JoinActive("caller", second);
        await other.WaitForAudio(who => who.Identity == "caller", Stop);
        var sid = caller.Sid;
        var killed = TimeProvider.System.GetTimestamp();

        await house.KillServer();
        await Task.WhenAll(first.Resuming, second.Resuming);
        await house.StartServer();

        await Task.WhenAll(first.Reconnected, second.Reconnected);
        output.WriteLine($"Both are back after {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s.");
        Assert.NotEqual(sid, caller.Sid);
        var heard = await other.WaitForAudio(who => who.Sid == caller.Sid, Stop);
        await FaultHouse.Hears(other, heard.Receiver, caller);
        Assert.Single(other.Participants);
        Assert.Equal(2, house.Server.Participants);
        await caller.DisposeAsync();
        await other.DisposeAsync();
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task A_server_that_is_killed_for_good_is_a_typed_end_within_the_bound()
    {
        await using var house = await FaultHouse.StartCuttable();
        var record = new SessionRecord();
        var caller = await house.JoinActive("caller", record, reconnect: TimeSpan.FromSeconds(2));
        var killed = TimeProvider.System.GetTimestamp();

        await house.KillServer();
        var end = await record.Disconnected;

        output.WriteLine($"After {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s: {end}");
        Assert.True(end.CanRejoin);
        Assert.Equal(PeerState.Closed, caller.Peer.State);
        Assert.Equal(0, house.Engine.GetStats().Peers);
        await house.StartServer();
        await house.NobodyIsLeft();
    }
}
