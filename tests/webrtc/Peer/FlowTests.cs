using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>Connections that live while their audio does not, on a clock that the test moves.</summary>
public sealed class FlowTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RtcEngine _engine;
    private readonly RtcEngine _far;

    public FlowTests() => (_engine, _far) = (TestEngine.Start(time: _time), TestEngine.Start(time: _time));

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Silence_for_10_s_is_told_within_3_s_and_so_is_its_end()
    {
        var (a, b) = (new TestPeer(_engine), new TestPeer(_far));
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(a, b);
        var heard = Tap(b);
        await Pass(10, a, b, heard);
        await Pass(9.5, a, b, whenHeard: null);
        Assert.Empty(b.Flows);

        await Pass(3.5, a, b, whenHeard: null);
        Assert.Equal([AudioFlow.NothingReceived], b.Flows);
        Assert.Equal(PeerState.Connected, b.Peer.State);

        await Pass(3, a, b, heard);
        Assert.Equal([AudioFlow.NothingReceived, AudioFlow.Normal], b.Flows);
    }

    [Fact]
    public async Task Audio_that_arrives_one_way_only_is_told_on_both_sides()
    {
        var (a, b) = (new TestPeer(_engine), new TestPeer(_far));
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        using var wire = new UdpRelay();
        await wire.Exchange(a, b);
        await a.Reaches(PeerState.Connected);
        await b.Reaches(PeerState.Connected);
        // All that a speaks is lost; b is heard. RTP and RTCP begin with 128 to 191 (RFC 7983).
        wire.LosesFromOfferer = datagram => datagram[0] is >= 128 and < 192;

        await Pass(25, a, b, Tap(a));

        Assert.Equal([AudioFlow.NothingReceived], b.Flows);
        Assert.Equal([AudioFlow.NothingHeard], a.Flows);
        Assert.Equal((PeerState.Connected, PeerState.Connected), (a.Peer.State, b.Peer.State));
    }

    [Fact]
    public async Task A_held_line_is_not_missed()
    {
        var (a, b) = (new TestPeer(_engine), new TestPeer(_far));
        a.Peer.AddTransceiver(TransceiverDirection.SendOnly);
        await TestPeer.Connect(a, b);

        await Pass(30, a, b, Tap(b));

        Assert.Empty(a.Flows);
        Assert.Empty(b.Flows);
    }

    private static TestTap Tap(TestPeer peer)
    {
        var tap = new TestTap();
        peer.Peer.Transceivers[0].Receiver.Tap = tap;
        return tap;
    }

    /// <summary>
    /// Lets so many seconds pass, half a second at a time: both speak, and it has been heard there before the time goes
    /// on; without a tap nobody speaks.
    /// </summary>
    private async Task Pass(double seconds, TestPeer a, TestPeer b, TestTap? whenHeard)
    {
        for (var half = 0; half < 2 * seconds; half++)
        {
            if (whenHeard is not null)
            {
                TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 1);
                TestAudio.Send(b.Peer.Transceivers[0].Sender, stream: 2, count: 1);
                await whenHeard.Next();
            }

            _time.Advance(TimeSpan.FromMilliseconds(500));
            // A shard looks at the clock when it wakes; reports and checks go to and fro.
            for (var turn = 0; turn < 3; turn++)
            {
                await a.Peer.GetStats();
                await b.Peer.GetStats();
            }
        }
    }
}
