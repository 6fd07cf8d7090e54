using System.Net.Sockets;
using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>How connections end, and what bad input does.</summary>
public sealed class FailureTests : IAsyncDisposable
{
    private readonly RtcEngine _engine = TestEngine.Start();
    private readonly RtcEngine _far = TestEngine.Start();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Closing_is_seen_by_the_other_side()
    {
        var (a, b) = await Call();

        await a.Peer.Close();

        Assert.Equal(PeerState.Closed, a.Peer.State);
        Assert.Equal(PeerCause.ClosedHere, a.Peer.Reason?.Cause);
        Assert.Equal(PeerCause.ClosedByRemote, (await b.Reaches(PeerState.Closed))?.Cause);
        Assert.Equal((0, 0), (_engine.GetStats().Peers, _far.GetStats().Peers));
    }

    [Fact]
    public async Task Closing_twice_or_before_connecting_does_no_harm()
    {
        var (a, _) = await Call();
        var unused = new TestPeer(_engine);

        await a.Peer.Close();
        await a.Peer.Close();
        await unused.Peer.Close();

        Assert.Equal(PeerState.Closed, unused.Peer.State);
        var stats = await a.Peer.GetStats();
        Assert.Equal(PeerState.Closed, stats.State);
    }

    [Fact]
    public async Task A_closed_peer_refuses_commands()
    {
        var (a, _) = await Call();
        await a.Peer.Close();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await a.Peer.CreateOffer());

        Assert.Contains("Closed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")]
    public async Task A_bad_offer_is_refused_and_the_peer_stays_usable(string offer)
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);

        await Assert.ThrowsAsync<SdpException>(async () => await b.Peer.AcceptOffer(offer));

        await TestPeer.Connect(a, b);
    }

    [Fact]
    public async Task A_bad_answer_is_refused_and_the_offer_stays_open()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var answer = await b.Peer.AcceptOffer(await a.Peer.CreateOffer());

        await Assert.ThrowsAsync<SdpException>(async () => await a.Peer.AcceptAnswer("v=0"));
        await a.Peer.AcceptAnswer(answer);

        await a.Reaches(PeerState.Connected);
    }

    [Fact]
    public async Task An_answer_without_an_offer_is_refused()
    {
        var a = new TestPeer(_engine);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await a.Peer.AcceptAnswer("v=0"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await a.Peer.CreateOffer());
    }

    [Fact]
    public async Task A_certificate_that_was_not_announced_fails_the_peer()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);

        var offer = await a.Peer.CreateOffer();
        var forged = Regex.Replace(offer, "(?<=a=fingerprint:sha-256 )..", m => m.Value == "00" ? "01" : "00");
        await a.Peer.AcceptAnswer(await b.Peer.AcceptOffer(forged));

        var (ours, theirs) = (await b.Reaches(PeerState.Failed), await a.Reaches(PeerState.Failed));
        Assert.Equal((PeerCause.FingerprintMismatch, (byte)42), (ours!.Cause, ours.Alert!.Value));
        Assert.Equal((PeerCause.DtlsAlert, (byte)42), (theirs!.Cause, theirs.Alert!.Value));
        Assert.Contains("bad_certificate", theirs.Text, StringComparison.Ordinal);
        await b.Peer.Close();
        Assert.Equal(PeerState.Closed, b.Peer.State);
    }

    [Fact]
    public async Task A_tap_that_throws_fails_its_peer_only()
    {
        var (a, b) = await Call();
        var (c, d) = await Call();
        b.Peer.Transceivers[0].Receiver.Tap = new ThrowingTap();
        var tap = new TestTap();
        d.Peer.Transceivers[0].Receiver.Tap = tap;

        TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 1);

        var reason = await b.Reaches(PeerState.Failed);
        Assert.Equal(PeerCause.Fault, reason?.Cause);
        Assert.Contains(nameof(NotSupportedException), reason!.Text, StringComparison.Ordinal);
        var sent = TestAudio.Send(c.Peer.Transceivers[0].Sender, stream: 2, count: 5);
        Assert.Equal(sent, (await tap.Next(5)).Select(p => p.Payload));
    }

    [Fact]
    public async Task A_peer_that_fails_says_goodbye_and_stays_failed_until_it_is_closed()
    {
        var (a, b) = await Call();
        TestAudio.Send(b.Peer.Transceivers[0].Sender, stream: 1, count: 1);
        await a.GetsFirstPacket();
        b.Peer.Transceivers[0].Receiver.Tap = new ThrowingTap();

        TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 1);

        await b.Reaches(PeerState.Failed);
        Assert.Equal(PeerCause.ClosedByRemote, (await a.Reaches(PeerState.Closed))?.Cause);
        Assert.Equal(PeerState.Failed, b.Peer.State);
        await b.Peer.Close();
        Assert.Equal(PeerState.Closed, b.Peer.State);
        Assert.Equal(0, _far.GetStats().Peers);
    }

    [Fact]
    public async Task Disposing_of_the_engine_closes_its_peers()
    {
        var (a, b) = await Call();

        await _engine.DisposeAsync();

        Assert.Equal(PeerState.Closed, a.Peer.State);
        await b.Reaches(PeerState.Closed);
        await a.Peer.Close();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await a.Peer.GetStats());
        Assert.Throws<ObjectDisposedException>(() => new TestPeer(_engine));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_port_in_use_is_named(bool portable)
    {
        var taken = _engine.LocalEndPoints[0];

        var error = Assert.Throws<RtcBindException>(
            () => TestEngine.Start(new RtcOptions { Port = taken.Port, PortableSockets = portable }));

        Assert.Equal((taken, SocketError.AddressAlreadyInUse), (error.EndPoint, error.Error));
        Assert.Contains($"{taken}", error.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Fact]
    public void The_any_address_needs_an_advertised_one() => Assert.Throws<ArgumentException>(
        () => TestEngine.Start(new RtcOptions { BindAddress = IPAddress.Any }));

    [Fact]
    public async Task Datagrams_of_strangers_are_dropped_and_counted()
    {
        var (a, b) = await Call();
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var rtp = new byte[60];
        rtp[0] = 0x80;
        var target = _far.LocalEndPoints[0];

        await stranger.SendAsync(rtp, target, TestContext.Current.CancellationToken);
        await stranger.SendAsync(new byte[] { 22, 254, 253, 0 }, target, TestContext.Current.CancellationToken);
        await stranger.SendAsync(new byte[] { 99, 1, 2, 3 }, target, TestContext.Current.CancellationToken);
        await stranger.SendAsync(Array.Empty<byte>(), target, TestContext.Current.CancellationToken);

        // What comes after them on the same socket has been handled after them.
        var tap = new TestTap();
        b.Peer.Transceivers[0].Receiver.Tap = tap;
        TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 1);
        await tap.Next();
        var stats = _far.GetStats();
        Assert.Equal((2, 2), (stats.DroppedUnknownPeer, stats.DroppedUnknownKind));
    }

    [Fact]
    public async Task The_portable_sockets_carry_a_call()
    {
        await using var portable = TestEngine.Start(new RtcOptions { PortableSockets = true });
        var a = new TestPeer(_engine);
        var b = new TestPeer(portable, new PeerOptions { Name = "b", OwnPort = true });
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(a, b);
        var (tapA, tapB) = (new TestTap(), new TestTap());
        a.Peer.Transceivers[0].Receiver.Tap = tapA;
        b.Peer.Transceivers[0].Receiver.Tap = tapB;

        var toB = TestAudio.Send(a.Peer.Transceivers[0].Sender, stream: 1, count: 50);
        var toA = TestAudio.Send(b.Peer.Transceivers[0].Sender, stream: 2, count: 50);

        Assert.Equal(toB, (await tapB.Next(50)).Select(p => p.Payload));
        Assert.Equal(toA, (await tapA.Next(50)).Select(p => p.Payload));
        await b.Peer.Close();
        await a.Reaches(PeerState.Closed);
    }

    [Fact]
    public async Task Many_peers_of_one_engine_reach_one_port_at_once()
    {
        var calls = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Call()));

        for (var i = 0; i < calls.Length; i++)
        {
            var tap = new TestTap();
            calls[i].B.Peer.Transceivers[0].Receiver.Tap = tap;
            var sent = TestAudio.Send(calls[i].A.Peer.Transceivers[0].Sender, stream: i, count: 10);
            Assert.Equal(sent, (await tap.Next(10)).Select(p => p.Payload));
        }
    }

    private async Task<(TestPeer A, TestPeer B)> Call()
    {
        var a = new TestPeer(_engine, new PeerOptions { Name = "a" });
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(a, b);
        return (a, b);
    }

    private sealed class ThrowingTap : IRtpTap
    {
        public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt) =>
            throw new NotSupportedException("A tap must not throw.");
    }
}
