using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>
/// Whole connections, ICE and DTLS and SRTP, over a wire that loses up to a third each way as a seed says. The losses
/// can be replayed, the times cannot: sockets and BouncyCastle go by the wall clock (all of ICE is tested in virtual
/// time, see IceConnectivityTests).
/// </summary>
public sealed class BadWireTests : IAsyncDisposable
{
    private const int Calls = 24;

    // ICE gives up after 30 s, DTLS after 10 s.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly RtcEngine _engine = TestEngine.Start();
    private readonly RtcEngine _far = TestEngine.Start();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Every_connection_is_made_or_has_failed_in_time()
    {
        var connected = await Task.WhenAll(Enumerable.Range(0, Calls).Select(Run));

        Assert.InRange(connected.Count(made => made), Calls * 3 / 4, Calls);
    }

    private async Task<bool> Run(int seed)
    {
        var loss = new Random(seed).NextDouble() * 0.3;
        var (there, back) = (new Random(2 * seed), new Random((2 * seed) + 1));
        using var wire = new UdpRelay
        {
            LosesFromOfferer = _ => there.NextDouble() < loss,
            LosesFromAnswerer = _ => back.NextDouble() < loss,
        };
        var offerer = new TestPeer(_engine, new PeerOptions { Name = $"offerer {seed}", OwnPort = true });
        var answerer = new TestPeer(_far, new PeerOptions
        {
            Name = $"answerer {seed}",
            OwnPort = true,
            AnswerRole = (DtlsRole)(seed & 1),
        });
        offerer.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await wire.Exchange(offerer, answerer);

        var states = await Task.WhenAll(Settled(offerer, seed, loss), Settled(answerer, seed, loss));
        await offerer.Peer.Close();
        await answerer.Peer.Close();
        return states.All(state => state == PeerState.Connected);
    }

    private static async Task<PeerState> Settled(TestPeer peer, int seed, double loss)
    {
        var end = DateTime.UtcNow + Bound;
        while (peer.Peer.State is not (PeerState.Connected or PeerState.Failed or PeerState.Closed))
        {
            Assert.True(DateTime.UtcNow < end, $"seed {seed}, loss {loss:P0}: {peer.Peer.Name} is {peer.Peer.State}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return peer.Peer.State;
    }
}
