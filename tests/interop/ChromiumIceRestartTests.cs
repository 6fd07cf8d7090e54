using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>ICE restart with Chromium while audio flows, judged by Chromium's statistics and ours.</summary>
public sealed class ChromiumIceRestartTests(ChromiumBrowser browser)
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Audio_flows_on_while_ICE_restarts(bool chromiumOffersFirst, bool chromiumRestarts)
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser);
        if (chromiumOffersFirst) await theirs.Accept(await ours.Answer(await theirs.Offer()));
        else await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        (await theirs.ReportAfter(50)).AssertFlawless(50);
        var ufrag = await theirs.SelectedUfrag("");

        for (var round = 1; round <= 2; round++)
        {
            if (chromiumRestarts)
                await theirs.Accept(await ours.Peer.AcceptOffer(await theirs.Reoffer(iceRestart: true)));
            else
                await ours.Peer.AcceptAnswer(await theirs.Reanswer(await ours.Peer.CreateOffer(iceRestart: true)));

            await ours.Restarted(round);
            var restarted = await theirs.SelectedUfrag(ufrag);
            Assert.NotEqual(ufrag, restarted);
            ufrag = restarted;
        }

        var before = await theirs.ReportAfter(0);
        var packets = before.Received + 100;
        var report = await theirs.ReportAfter(packets);
        TestContext.Current.TestOutputHelper?.WriteLine($"Theirs: {report}\nOurs: {await ours.Describe()}");
        report.AssertFlawless(packets);
        await ours.AssertFlawless(DtlsRole.Server, SrtpProfile.AeadAes128Gcm, packets);
    }
}
