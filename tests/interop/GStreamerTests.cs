using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>Calls with GStreamer's webrtcbin (libnice, OpenSSL, libsrtp), judged by its statistics and ours.</summary>
public sealed class GStreamerTests
{
    private const int Packets = 100;

    [Theory]
    [InlineData(DtlsRole.Server)]
    [InlineData(DtlsRole.Client)]
    public async Task GStreamer_offers(DtlsRole ourRole)
    {
        await using var ours = await EchoPeer.Create(ourRole);
        await using var theirs = PythonPeer.GStreamer();

        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, ourRole);
    }

    [Fact]
    public async Task GStreamer_answers()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = PythonPeer.GStreamer();

        await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Server);
    }

    private static async Task AssertCall(EchoPeer ours, PythonPeer theirs, DtlsRole ourRole)
    {
        var report = await theirs.ReportAfter(Packets);
        TestContext.Current.TestOutputHelper?.WriteLine($"Theirs: {report}\nOurs: {await ours.Describe()}");
        report.AssertFlawless(Packets);
        await ours.AssertFlawless(ourRole, (await ours.Peer.GetStats()).Profile!.Value, Packets);
    }
}
