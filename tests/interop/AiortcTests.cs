using System.Net;
using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>
/// Calls with aiortc, judged by aiortc's statistics and ours. It does counter-mode SRTP only, and is the DTLS client
/// whenever it answers: it takes no offer but one of actpass.
/// </summary>
public sealed class AiortcTests
{
    private const int Packets = 100;

    [Theory]
    [InlineData(DtlsRole.Server)]
    [InlineData(DtlsRole.Client)]
    public async Task Aiortc_offers(DtlsRole ourRole)
    {
        await using var ours = await EchoPeer.Create(ourRole);
        await using var theirs = PythonPeer.Aiortc();

        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, ourRole);
    }

    [Fact]
    public async Task Aiortc_answers()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = PythonPeer.Aiortc();

        await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_IPv6(bool aiortcOffers)
    {
        await using var ours = await EchoPeer.Create(new PeerOptions { Name = "echo" }, IPAddress.IPv6Loopback);
        await using var theirs = PythonPeer.Aiortc("::1");

        if (aiortcOffers) await theirs.Accept(await ours.Answer(await theirs.Offer()));
        else await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Server);
        Assert.Equal(IPAddress.IPv6Loopback, (await ours.Peer.GetStats()).RemoteAddress!.Address);
    }

    [Fact]
    public async Task When_aiortc_hangs_up_we_are_closed()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = PythonPeer.Aiortc();
        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Heard();

        await theirs.HangUp();

        await ours.Reached(PeerState.Closed);
    }

    [Fact]
    public async Task When_we_hang_up_aiortcs_DTLS_is_closed()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = PythonPeer.Aiortc();
        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Heard();
        Assert.Equal("connected", await theirs.DtlsState("connected"));

        await ours.Peer.Close();

        Assert.Equal("closed", await theirs.DtlsState("closed"));
        await ours.Reached(PeerState.Closed);
    }

    private static async Task AssertCall(EchoPeer ours, PythonPeer theirs, DtlsRole ourRole)
    {
        var report = await theirs.ReportAfter(Packets);
        TestContext.Current.TestOutputHelper?.WriteLine($"Theirs: {report}\nOurs: {await ours.Describe()}");
        report.AssertFlawless(Packets);
        await ours.AssertFlawless(ourRole, SrtpProfile.Aes128CmSha1_80, Packets);
    }
}
