using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>RTCP, on a clock that the test moves.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task Reports_tell_round_trip_time_and_loss()
    {
        var time = new FakeTimeProvider();
        await using var engine = TestEngine.Start(time: time);
        await using var far = TestEngine.Start(time: time);
        var a = new TestPeer(engine);
        var b = new TestPeer(far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(a, b);
        var tap = new TestTap();
        b.Peer.Transceivers[0].Receiver.Tap = tap;

        // Two rounds: the first carries the sender report that the second refers to.
        for (var round = 0; round < 3; round++)
        {
            TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 10);
            await tap.Next(10);
            await Advance(time, TimeSpan.FromSeconds(8), a, b);
        }

        var stats = await a.Peer.GetStats();
        Assert.NotNull(stats.RoundTripTime);
        Assert.InRange(stats.RoundTripTime.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0.0), (stats.Audio[0].RemotePacketsLost, stats.Audio[0].RemoteFractionLost));
        Assert.NotNull(stats.Audio[0].RemoteJitter);
    }

    [Fact]
    public async Task A_side_that_falls_silent_is_disconnected_and_then_failed()
    {
        var time = new FakeTimeProvider();
        await using var engine = TestEngine.Start(time: time);
        await using var far = TestEngine.Start(time: time);
        var a = new TestPeer(engine);
        var b = new TestPeer(far);
        using var wire = new UdpRelay();
        b.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await wire.Exchange(b, a);
        await b.Reaches(PeerState.Connected);
        await a.Reaches(PeerState.Connected);

        // The far peer vanishes without a goodbye, as a host does that loses power.
        wire.LosesFromOfferer = _ => true;

        await Advance(time, TimeSpan.FromSeconds(15), a);
        Assert.Equal(PeerState.Disconnected, a.Peer.State);
        await Advance(time, TimeSpan.FromSeconds(40), a);
        Assert.Equal(PeerCause.Silent, (await a.Reaches(PeerState.Disconnected))?.Cause);
        Assert.Equal(PeerCause.ConsentLost, (await a.Reaches(PeerState.Failed))?.Cause);

        // Without consent there is no goodbye either.
        var sent = engine.GetStats().DatagramsSent;
        await a.Peer.Close();
        await engine.DisposeAsync();
        Assert.Equal(sent, engine.GetStats().DatagramsSent);
    }

    [Theory]
    [InlineData(0, 4.3, 4.5)]
    [InlineData(5, 2.3, 2.9)]
    public async Task The_quality_of_each_direction_is_what_its_losses_make_it(int everyNthIsLost, double least, double most)
    {
        var time = new FakeTimeProvider();
        await using var engine = TestEngine.Start(time: time);
        await using var far = TestEngine.Start(time: time);
        var (a, b) = (new TestPeer(engine), new TestPeer(far));
        using var wire = new UdpRelay();
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await wire.Exchange(a, b);
        await a.Reaches(PeerState.Connected);
        await b.Reaches(PeerState.Connected);
        var sent = 0;
        wire.LosesFromOfferer = datagram => everyNthIsLost > 0 && IsRtp(datagram) && ++sent % everyNthIsLost == 0;

        // 16 s: three intervals of 5 s, and a report or two of the remote side.
        for (var frame = 0; frame < 800; frame++)
        {
            var received = (await b.Peer.GetStats()).Audio[0].PacketsReceived;
            var isLost = everyNthIsLost > 0 && (frame + 1) % everyNthIsLost == 0;
            TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 1);
            TestAudio.Send(b.Peer.Transceivers[0].Sender, stream: 2, count: 1);
            while (!isLost && (await b.Peer.GetStats()).Audio[0].PacketsReceived == received)
                await Task.Yield();
            await Advance(time, TimeSpan.FromMilliseconds(20), a, b);
        }

        var (hearing, speaking) = ((await b.Peer.GetStats()).Audio[0], (await a.Peer.GetStats()).Audio[0]);
        Assert.InRange(hearing.Quality!.Value.Mos, least, most);
        Assert.InRange(hearing.Quality.Value.CallMos, least, most);
        Assert.InRange(speaking.RemoteQuality!.Value.Mos, least, most);
        Assert.InRange(speaking.Quality!.Value.Mos, 4.3, 4.5);

        static bool IsRtp(byte[] datagram) => datagram[0] is >= 128 and < 192 && datagram[1] is < 192 or > 223;
    }

    private static async Task Advance(FakeTimeProvider time, TimeSpan by, params TestPeer[] peers)
    {
        var step = TimeSpan.FromMilliseconds(Math.Min(500, by.TotalMilliseconds));
        for (var passed = TimeSpan.Zero; passed < by; passed += step)
        {
            time.Advance(step);
            // A shard looks at the clock when it wakes; an answer means that it has.
            for (var i = 0; i < 2; i++)
            {
                foreach (var peer in peers)
                    await peer.Peer.GetStats();
            }
        }
    }
}
