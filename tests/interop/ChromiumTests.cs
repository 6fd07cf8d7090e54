using System.Net;
using System.Net.Sockets;
using GoTo.WebRtc;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>Calls with Chromium, judged by Chromium's statistics and ours.</summary>
public sealed class ChromiumTests(ChromiumBrowser browser)
{
    private const int Packets = 100;
    private const string Gcm = "SRTP_AEAD_AES_128_GCM";
    private const string Cm = "SRTP_AES128_CM_HMAC_SHA1_80";

    [Theory]
    [InlineData(DtlsRole.Server, null, SrtpProfile.AeadAes128Gcm)]
    [InlineData(DtlsRole.Server, SrtpProfile.Aes128CmSha1_80, SrtpProfile.Aes128CmSha1_80)]
    [InlineData(DtlsRole.Client, null, SrtpProfile.Aes128CmSha1_80)] // the server chooses, and Chromium chooses CM
    [InlineData(DtlsRole.Client, SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes128Gcm)]
    public async Task Chromium_offers(DtlsRole ourRole, SrtpProfile? only, SrtpProfile expected)
    {
        await using var ours = await EchoPeer.Create(ourRole, only is { } profile ? [profile] : []);
        await using var theirs = await ChromiumPeer.Open(browser);

        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, ourRole, expected);
    }

    [Theory]
    [InlineData(null, SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.Aes128CmSha1_80, SrtpProfile.Aes128CmSha1_80)]
    public async Task Chromium_answers(SrtpProfile? only, SrtpProfile expected)
    {
        await using var ours = await EchoPeer.Create(profiles: only is { } profile ? [profile] : []);
        await using var theirs = await ChromiumPeer.Open(browser);

        await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Server, expected);
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.Aes128CmSha1_80)]
    public async Task Chromium_answers_as_DTLS_server(SrtpProfile profile)
    {
        await using var ours = await EchoPeer.Create(profiles: profile);
        await using var theirs = await ChromiumPeer.Open(browser);

        // Whoever offers setup:active is the client (RFC 4145 section 4.1).
        var offer = (await ours.Offer()).Replace("a=setup:actpass", "a=setup:active", StringComparison.Ordinal);
        await ours.Peer.AcceptAnswer(await theirs.Answer(offer));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Client, profile);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chromium_checks_and_we_are_ice_lite(bool chromiumOffers)
    {
        await using var ours = await EchoPeer.Create(new PeerOptions { Name = "echo", IceLite = true });
        await using var theirs = await ChromiumPeer.Open(browser);

        if (chromiumOffers) await theirs.Accept(await ours.Answer(await theirs.Offer()));
        else await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Server, SrtpProfile.AeadAes128Gcm);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chromium_over_IPv6(bool chromiumOffers)
    {
        await using var ours = await EchoPeer.Create(new PeerOptions { Name = "echo" }, IPAddress.IPv6Loopback);
        await using var theirs = await ChromiumPeer.Open(browser);

        if (chromiumOffers) await theirs.Accept(await ours.Answer(await theirs.Offer()));
        else await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Server, SrtpProfile.AeadAes128Gcm);
        Assert.Equal(
            AddressFamily.InterNetworkV6, (await ours.Peer.GetStats()).RemoteAddress!.AddressFamily);
    }

    [Fact]
    public async Task Chromium_offers_without_telling_its_addresses()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser, microphone: false);
        var offer = await theirs.Offer();
        Assert.DoesNotContain("127.0.0.1 ", string.Join('\n', Lines(offer, "a=candidate:")), StringComparison.Ordinal);

        await theirs.Accept(await ours.Answer(offer));
        await ours.Reached(PeerState.Connected);

        await AssertCall(ours, theirs, DtlsRole.Server, SrtpProfile.AeadAes128Gcm);
    }

    // With max-bundle and video first, Chromium itself cannot take the refusal: it drops the transport of the whole
    // group with the group's first m-line.
    [Theory]
    [InlineData("balanced", "video", "audio")]
    [InlineData("max-bundle", "audio", "video")]
    public async Task Chromium_offers_video_too_and_gets_it_refused_in_its_place(
        string bundlePolicy, string first, string second)
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser);
        string[] kinds = [first, second];
        var offer = await theirs.Offer(bundlePolicy, kinds);
        Assert.Equal(kinds, Lines(offer, "m=").Select(line => line[2..7]));

        var answer = await ours.Answer(offer);

        Assert.Equal(
            kinds.Select(kind => kind == "video" ? "m=video 0" : "m=audio 9"),
            Lines(answer, "m=").Select(line => line[..9]));
        await theirs.Accept(answer);
        await ours.Reached(PeerState.Connected);
        await AssertCall(ours, theirs, DtlsRole.Server, SrtpProfile.AeadAes128Gcm);
        Assert.Contains("audio:sendrecv", await theirs.Directions());
        Assert.DoesNotContain("video:sendrecv", await theirs.Directions());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Digits_of_Chromium_are_received_each_once(bool chromiumOffers)
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser);
        if (chromiumOffers) await theirs.Accept(await ours.Answer(await theirs.Offer()));
        else await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));
        await ours.Heard();

        await theirs.SendDtmf("0123456789*#ABCD9911");

        // The end of the last digit, and then the audio that was sent after it.
        await AssertCall(ours, theirs, DtlsRole.Server, SrtpProfile.AeadAes128Gcm);
        Assert.Equal("0123456789*#ABCD9911", ours.Digits);
    }

    [Fact]
    public async Task Our_digits_are_counted_and_heard_by_Chromium()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser);
        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Heard();
        var line = ours.Peer.Transceivers[0];
        line.Receiver.StopForwarding(line.Sender);
        await ours.Peer.GetStats(); // done, then
        var before = (await ours.Peer.GetStats()).Audio[0].PacketsSent;

        await line.Sender.SendDtmf("42#");

        var sent = (await ours.Peer.GetStats()).Audio[0].PacketsSent;
        Assert.Equal(3 * 7, sent - before);
        var report = await theirs.ReportAfterReceiving((int)sent);
        TestContext.Current.TestOutputHelper?.WriteLine($"{report}");
        Assert.Equal((sent, 0), (report.Received, report.Lost));
    }

    [Fact]
    public async Task When_Chromium_hangs_up_we_are_closed()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser);
        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Heard();

        await theirs.HangUp();

        await ours.Reached(PeerState.Closed);
    }

    [Fact]
    public async Task When_we_hang_up_Chromiums_DTLS_is_closed()
    {
        await using var ours = await EchoPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser);
        await theirs.Accept(await ours.Answer(await theirs.Offer()));
        await ours.Heard();
        Assert.Equal("connected", await theirs.DtlsState("connected"));

        await ours.Peer.Close();

        Assert.Equal("closed", await theirs.DtlsState("closed"));
        await ours.Reached(PeerState.Closed);
    }

    private static async Task AssertCall(
        EchoPeer ours, ChromiumPeer theirs, DtlsRole ourRole, SrtpProfile profile)
    {
        var report = await theirs.ReportAfter(Packets);
        TestContext.Current.TestOutputHelper?.WriteLine($"Theirs: {report}\nOurs: {await ours.Describe()}");
        report.AssertFlawless(Packets);
        Assert.Equal(
            (profile == SrtpProfile.AeadAes128Gcm ? Gcm : Cm, ourRole == DtlsRole.Server ? "client" : "server", "FEFD"),
            (report.Srtp, report.DtlsRole, report.DtlsVersion));
        await ours.AssertFlawless(ourRole, profile, Packets);
    }

    private static string[] Lines(string sdp, string start) =>
        [.. sdp.Split("\r\n").Where(line => line.StartsWith(start, StringComparison.Ordinal))];
}
