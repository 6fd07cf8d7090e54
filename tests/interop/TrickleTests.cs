using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>Trickle ICE (RFC 8838) both ways: no description holds a candidate, they all follow.</summary>
public sealed class TrickleTests(ChromiumBrowser browser)
{
    private const int Packets = 100;

    [Theory]
    [InlineData(true, DtlsRole.Server, SrtpProfile.AeadAes128Gcm)]
    [InlineData(true, DtlsRole.Client, SrtpProfile.Aes128CmSha1_80)]
    [InlineData(false, DtlsRole.Server, SrtpProfile.AeadAes128Gcm)]
    [InlineData(false, DtlsRole.Server, SrtpProfile.Aes128CmSha1_80)]
    public async Task With_Chromium(bool chromiumOffers, DtlsRole ourRole, SrtpProfile profile)
    {
        await using var ours = await EchoPeer.Create(new PeerOptions
        {
            Name = "echo", Trickle = true, AnswerRole = ourRole, SrtpProfiles = [profile],
        });
        await using var theirs = await ChromiumPeer.Open(browser);

        if (chromiumOffers)
        {
            var offer = await theirs.OfferTrickling();
            Assert.Equal(offer, Without(offer));
            await theirs.Accept(Without(await ours.Answer(offer)));
        }
        else
        {
            await ours.Peer.AcceptAnswer(await theirs.AnswerTrickling(Without(await ours.Offer())));
        }

        await Trickle(ours.NextCandidate, theirs.AddCandidate);
        await Trickle(theirs.NextCandidate, candidate => ours.Peer.AddCandidate(candidate).AsTask());
        await ours.Reached(PeerState.Connected);
        (await theirs.ReportAfter(Packets)).AssertFlawless(Packets);
        await ours.AssertFlawless(ourRole, profile, Packets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_Chromium_by_a_relay_that_is_found_later(bool chromiumOffers)
    {
        await using var coturn = await CoturnServer.Start();
        await using var ours = await EchoPeer.Create(new PeerOptions
        {
            Name = "echo",
            Trickle = true,
            IceServers = [coturn.As("udp")],
            IceTransportPolicy = IceTransportPolicy.Relay,
        });
        await using var theirs = await ChromiumPeer.Open(browser);

        var description = chromiumOffers ? await ours.Answer(await theirs.Offer()) : await ours.Offer();
        Assert.Equal(description, Without(description));
        Assert.DoesNotContain("a=end-of-candidates", description, StringComparison.Ordinal);
        if (chromiumOffers) await theirs.Accept(description);
        else await ours.Peer.AcceptAnswer(await theirs.Answer(description));

        await Trickle(ours.NextCandidate, theirs.AddCandidate);
        await ours.Reached(PeerState.Connected);
        (await theirs.ReportAfter(Packets)).AssertFlawless(Packets);
        Assert.NotNull((await ours.Peer.GetStats()).RelayAddress);
    }

    // It gathers before it describes itself: its candidates are taken out, and handed over as if trickled.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_aiortc(bool aiortcOffers)
    {
        await using var ours = await EchoPeer.Create(new PeerOptions { Name = "echo", Trickle = true });
        await using var theirs = PythonPeer.Aiortc();
        string description;
        if (aiortcOffers)
        {
            description = await theirs.Offer();
            await theirs.Accept(Without(await ours.Answer(Without(description))));
        }
        else
        {
            description = await theirs.Answer(Without(await ours.Offer()));
            await ours.Peer.AcceptAnswer(Without(description));
        }

        await Trickle(ours.NextCandidate, theirs.AddCandidate);
        foreach (var candidate in Candidates(description)) await ours.Peer.AddCandidate(candidate);
        await ours.Peer.AddCandidate("");
        await ours.Reached(PeerState.Connected);
        (await theirs.ReportAfter(Packets)).AssertFlawless(Packets);
        await ours.AssertFlawless(DtlsRole.Server, SrtpProfile.Aes128CmSha1_80, Packets);
    }

    private static async Task Trickle(Func<Task<string>> next, Func<string, Task> add)
    {
        string candidate;
        do
        {
            candidate = await next();
            await add(candidate);
        }
        while (candidate != "");
    }

    private static IEnumerable<string> Candidates(string sdp) => sdp.Split("\r\n").Where(IsCandidate);

    private static string Without(string sdp) => string.Join(
        "\r\n", sdp.Split("\r\n").Where(line => !IsCandidate(line) && line != "a=end-of-candidates"));

    private static bool IsCandidate(string line) => line.StartsWith("a=candidate:", StringComparison.Ordinal);
}
