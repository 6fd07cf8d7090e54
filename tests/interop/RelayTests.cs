using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>
/// Calls by a relay of coturn, with our own addresses withheld: judged by the other stack's statistics and ours.
/// </summary>
public sealed class RelayTests(ChromiumBrowser browser)
{
    private const int Packets = 100;

    [Theory]
    [InlineData("udp", true)]
    [InlineData("udp", false)]
    [InlineData("tcp", true)]
    [InlineData("tcp", false)]
    [InlineData("tls", true)]
    [InlineData("tls", false)]
    public async Task Chromium_is_reached_by_a_relay(string transport, bool chromiumOffers)
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(Relayed(coturn.As(transport)));
        await using var theirs = await ChromiumPeer.Open(browser);

        if (chromiumOffers)
        {
            var answer = await ours.Answer(await theirs.Offer());
            AssertRelayedOnly(answer);
            await theirs.Accept(answer);
        }
        else
        {
            var offer = await ours.Offer();
            AssertRelayedOnly(offer);
            await ours.Peer.AcceptAnswer(await theirs.Answer(offer));
        }

        await ours.Reached(PeerState.Connected);
        var report = await theirs.ReportAfter(Packets);
        var stats = await ours.Peer.GetStats();
        TestContext.Current.TestOutputHelper?.WriteLine($"Theirs: {report}\nOurs: {await ours.Describe()}");
        report.AssertFlawless(Packets);
        await ours.AssertFlawless(DtlsRole.Server, SrtpProfile.AeadAes128Gcm, Packets);
        Assert.NotNull(stats.RelayAddress);
        Assert.Equal(stats.RelayAddress!.Port, report.RemotePort);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Aiortc_is_reached_by_a_relay(string transport)
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(Relayed(coturn.As(transport)));
        await using var theirs = PythonPeer.Aiortc();

        await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));

        await ours.Reached(PeerState.Connected);
        (await theirs.ReportAfter(Packets)).AssertFlawless(Packets);
        await ours.AssertFlawless(DtlsRole.Server, SrtpProfile.Aes128CmSha1_80, Packets);
        Assert.NotNull((await ours.Peer.GetStats()).RelayAddress);
    }

    [Fact]
    public async Task A_direct_path_is_preferred_to_the_relay()
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(
            new PeerOptions { Name = "echo", IceServers = [coturn.AsStun(), coturn.As("udp")] });
        await using var theirs = await ChromiumPeer.Open(browser);

        var offer = await ours.Offer();
        await ours.Peer.AcceptAnswer(await theirs.Answer(offer));
        await ours.Reached(PeerState.Connected);

        Assert.Equal(["host", "relay"], CandidateTypes(offer)); // the reflexive one is the host's on loopback
        (await theirs.ReportAfter(Packets)).AssertFlawless(Packets);
        Assert.Null((await ours.Peer.GetStats()).RelayAddress);
    }

    [Fact]
    public async Task Servers_that_become_known_after_the_offer_trickle_their_relay()
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(
            new PeerOptions { Name = "echo", IceTransportPolicy = IceTransportPolicy.Relay });
        await using var theirs = await ChromiumPeer.Open(browser);
        var offer = await ours.Offer();
        Assert.Empty(CandidateTypes(offer));
        await ours.Peer.AcceptAnswer(await theirs.Answer(offer));
        Assert.Equal("", await ours.NextCandidate());

        await ours.Peer.AddIceServers([coturn.As("udp")]);
        var candidate = await ours.NextCandidate();
        await theirs.AddCandidate(candidate);

        Assert.Contains("typ relay", candidate, StringComparison.Ordinal);
        await ours.Reached(PeerState.Connected);
        (await theirs.ReportAfter(Packets)).AssertFlawless(Packets);
        Assert.NotNull((await ours.Peer.GetStats()).RelayAddress);
    }

    [Fact]
    public async Task A_relay_that_is_lost_in_mid_call_is_told_and_an_ICE_restart_gets_another()
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(Relayed(coturn.As("tcp")));
        await using var theirs = await ChromiumPeer.Open(browser);
        await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        (await theirs.ReportAfter(50)).AssertFlawless(50);

        await coturn.Restart();

        Assert.Equal(PeerCause.RelayLost, (await ours.Reached(PeerState.Disconnected))?.Cause);
        await ours.Peer.AcceptAnswer(await theirs.Reanswer(await ours.Peer.CreateOffer(iceRestart: true)));
        await ours.Restarted(1);
        Assert.Equal(PeerState.Connected, ours.Peer.State);
        var (before, heard) = ((await theirs.ReportAfter(0)).Received, (await ours.Peer.GetStats()).Audio[0].PacketsReceived);
        Assert.True((await theirs.ReportAfter(before + 50)).Received >= before + 50);
        Assert.True((await ours.Peer.GetStats()).Audio[0].PacketsReceived >= heard + 50);
        Assert.NotNull((await ours.Peer.GetStats()).RelayAddress);
    }

    [Fact]
    public async Task ICE_restarts_over_the_relay()
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(Relayed(coturn.As("udp")));
        await using var theirs = await ChromiumPeer.Open(browser);
        await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        (await theirs.ReportAfter(50)).AssertFlawless(50);
        var before = (await ours.Peer.GetStats()).RelayAddress;

        await ours.Peer.AcceptAnswer(await theirs.Reanswer(await ours.Peer.CreateOffer(iceRestart: true)));

        await ours.Restarted(1);
        var packets = (await theirs.ReportAfter(0)).Received + Packets;
        (await theirs.ReportAfter(packets)).AssertFlawless(packets);
        var after = (await ours.Peer.GetStats()).RelayAddress;
        Assert.NotNull(after);
        Assert.NotEqual(before, after);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Wrong_credentials_give_no_candidate_and_are_not_waited_for(string transport)
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(Relayed(coturn.As(transport, password: "another")));

        var offer = await ours.Offer().WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.Empty(CandidateTypes(offer));
    }

    private static PeerOptions Relayed(IceServer server) => new()
    {
        Name = "echo",
        IceServers = [server],
        IceTransportPolicy = IceTransportPolicy.Relay,
    };

    private static void AssertRelayedOnly(string sdp) => Assert.Equal(["relay"], CandidateTypes(sdp));

    private static string[] CandidateTypes(string sdp) =>
    [
        .. sdp.Split("\r\n").Where(line => line.StartsWith("a=candidate:", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[7]),
    ];
}
