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
        await Pass(10, a, b, speaks: true);
        await Pass(9.5, a, b, speaks: false);
        Assert.Empty(b.Flows);

        await Pass(3.5, a, b, speaks: false);
        Assert.Equal([AudioFlow.NothingReceived], b.Flows);
        Assert.Equal(PeerState.Connected, b.Peer.State);

        await Pass(3, a, b, speaks: true);
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

        await Pass(25, a, b, speaks: true);

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

        await Pass(30, a, b, speaks: true);

        Assert.Empty(a.Flows);
        Assert.Empty(b.Flows);
    }

    /// <summary>Lets so many seconds pass, with a turn of both shards every half second; both speak or not.</summary>
    private async Task Pass(double seconds, TestPeer a, TestPeer b, bool speaks)
    {
        for (var half = 0; half < 2 * seconds; half++)
        {
            if (speaks)
            {
                TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 1);
                TestAudio.Send(b.Peer.Transceivers[0].Sender, stream: 2, count: 1);
            }

            await Turns();
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Turns();
        }

        // A datagram takes a turn of each shard, and real sockets between them.
        async Task Turns()
        {
            for (var turn = 0; turn < 3; turn++)
            {
                await a.Peer.GetStats();
                await b.Peer.GetStats();
            }
        }
    }
}
