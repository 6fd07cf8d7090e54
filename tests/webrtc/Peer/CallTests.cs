using System.Net;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>Two engines that call each other over loopback UDP.</summary>
public sealed class CallTests : IAsyncDisposable
{
    private readonly RtcEngine _engine = TestEngine.Start();
    private readonly RtcEngine _far = TestEngine.Start();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Theory]
    [InlineData(DtlsRole.Server, SrtpProfile.AeadAes128Gcm)]
    [InlineData(DtlsRole.Server, SrtpProfile.Aes128CmSha1_80)]
    [InlineData(DtlsRole.Client, SrtpProfile.AeadAes128Gcm)]
    [InlineData(DtlsRole.Client, SrtpProfile.Aes128CmSha1_80)]
    public async Task Audio_flows_both_ways_untouched(DtlsRole answerRole, SrtpProfile profile)
    {
        var a = new TestPeer(_engine, new PeerOptions { Name = "a", SrtpProfiles = [profile] });
        var b = new TestPeer(_far, new PeerOptions { Name = "b", SrtpProfiles = [profile], AnswerRole = answerRole });
        var sent = a.Peer.AddTransceiver(TransceiverDirection.SendRecv);

        await TestPeer.Connect(a, b);

        var answered = Assert.Single(b.Peer.Transceivers);
        var (tapA, tapB) = (Tap(sent), Tap(answered));
        var toB = TestAudio.Send(sent.Sender, stream: 1, count: 50);
        var toA = TestAudio.Send(answered.Sender, stream: 2, count: 50);
        Assert.Equal(toB, (await tapB.Next(50)).Select(p => p.Payload));
        Assert.Equal(toA, (await tapA.Next(50)).Select(p => p.Payload));
        var stats = await b.Peer.GetStats();
        Assert.Equal((profile, answerRole), (stats.Profile!.Value, stats.DtlsRole!.Value));
        Assert.Equal((50, 50), (stats.Audio[0].PacketsReceived, stats.Audio[0].PacketsSent));
        Assert.Equal(0, stats.AuthenticationFailures + stats.Replays + stats.Dropped + stats.Audio[0].PacketsLost);
        Assert.Equal(_far.LocalEndPoints[0], (await a.Peer.GetStats()).RemoteAddress);
        Assert.NotEqual(_engine.LocalEndPoints[0], stats.RemoteAddress);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Audio_flows_over_IPv6(bool portable)
    {
        var options = new RtcOptions { BindAddress = IPAddress.IPv6Loopback, PortableSockets = portable };
        await using var engine = TestEngine.Start(options);
        await using var far = TestEngine.Start(options);
        var (a, b) = (new TestPeer(engine), new TestPeer(far));
        var sent = a.Peer.AddTransceiver(TransceiverDirection.SendRecv);

        await TestPeer.Connect(a, b);

        var answered = Assert.Single(b.Peer.Transceivers);
        var (tapA, tapB) = (Tap(sent), Tap(answered));
        var toB = TestAudio.Send(sent.Sender, stream: 1, count: 20);
        var toA = TestAudio.Send(answered.Sender, stream: 2, count: 20);
        Assert.Equal(toB, (await tapB.Next(20)).Select(p => p.Payload));
        Assert.Equal(toA, (await tapA.Next(20)).Select(p => p.Payload));
        Assert.Equal(far.LocalEndPoints[0], (await a.Peer.GetStats()).RemoteAddress);
        Assert.Equal(IPAddress.IPv6Loopback, (await b.Peer.GetStats()).RemoteAddress!.Address);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_engine_with_both_families_is_reached_by_either(bool portable)
    {
        await using var both = TestEngine.Start(new RtcOptions
        {
            BindAddress = IPAddress.IPv6Any,
            AdvertisedAddress = IPAddress.Loopback,
            AdvertisedIPv6Address = IPAddress.IPv6Loopback,
            PortableSockets = portable,
        });
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            await using var far = TestEngine.Start(new RtcOptions { BindAddress = address });
            var (a, b) = (new TestPeer(far), new TestPeer(both));
            var sent = a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
            await TestPeer.Connect(a, b);

            var answered = Assert.Single(b.Peer.Transceivers);
            var (tapA, tapB) = (Tap(sent), Tap(answered));
            var toB = TestAudio.Send(sent.Sender, stream: 1, count: 20);
            var toA = TestAudio.Send(answered.Sender, stream: 2, count: 20);
            Assert.Equal(toB, (await tapB.Next(20)).Select(p => p.Payload));
            Assert.Equal(toA, (await tapA.Next(20)).Select(p => p.Payload));
            Assert.Equal(address, (await a.Peer.GetStats()).RemoteAddress!.Address);
            Assert.Equal(3, b.Candidates.Count()); // both addresses, and the end
        }
    }

    [Fact]
    public async Task What_was_negotiated_can_be_read()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        var sent = a.Peer.AddTransceiver(TransceiverDirection.SendOnly, "stream", "track");

        await TestPeer.Connect(a, b);

        var answered = Assert.Single(b.Peer.Transceivers);
        Assert.Equal((sent.Mid, "stream", "track"), (answered.Mid, answered.RemoteStreamId, answered.RemoteTrackId));
        Assert.Equal((TransceiverDirection.SendOnly, AudioCodec.Opus), (sent.CurrentDirection, sent.Codec));
        Assert.Equal((TransceiverDirection.RecvOnly, AudioCodec.Opus), (answered.CurrentDirection, answered.Codec));
    }

    [Fact]
    public async Task Packets_of_one_sender_are_continuous()
    {
        var (_, sender, tap) = await SendingCall();

        TestAudio.Send(sender, stream: 1, count: 20);

        var headers = (await tap.Next(20)).ConvertAll(p => p.Header);
        Assert.All(headers, h => Assert.Equal(sender.Ssrc, h.Ssrc));
        for (var i = 1; i < headers.Count; i++)
        {
            Assert.Equal((ushort)(headers[i - 1].SequenceNumber + 1), headers[i].SequenceNumber);
            Assert.Equal(headers[i - 1].Timestamp + TestAudio.FrameSamples, headers[i].Timestamp);
        }
    }

    [Fact]
    public async Task The_first_packet_is_reported_once()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        var sent = a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(a, b);
        var tap = Tap(b.Peer.Transceivers[0]);
        var reports = 0;
        b.WhenFirstPacket = () => Interlocked.Increment(ref reports);

        TestAudio.Send(sent.Sender, stream: 1, count: 10);

        Assert.Same(b.Peer.Transceivers[0], await b.GetsFirstPacket());
        await tap.Next(10);
        Assert.Equal(1, reports);
    }

    [Fact]
    public async Task Three_lines_in_one_connection_keep_their_audio_apart()
    {
        // As a LiveKit client: one line out, two in.
        var client = new TestPeer(_engine);
        var server = new TestPeer(_far);
        var microphone = client.Peer.AddTransceiver(TransceiverDirection.SendOnly);
        var speakers = new[]
        {
            client.Peer.AddTransceiver(TransceiverDirection.RecvOnly),
            client.Peer.AddTransceiver(TransceiverDirection.RecvOnly),
        };
        server.Peer.AddTransceiver(TransceiverDirection.RecvOnly);
        server.Peer.AddTransceiver(TransceiverDirection.SendOnly, "PA_1", "TR_1");
        server.Peer.AddTransceiver(TransceiverDirection.SendOnly, "PA_2", "TR_2");

        await TestPeer.Connect(client, server);

        Assert.Equal(["TR_1", "TR_2"], speakers.Select(s => s.RemoteTrackId!));
        var taps = server.Peer.Transceivers.Take(1).Concat(speakers).Select(Tap).ToList();
        var sent = new List<List<byte[]>>
        {
            TestAudio.Send(microphone.Sender, stream: 0, count: 20),
            TestAudio.Send(server.Peer.Transceivers[1].Sender, stream: 1, count: 20),
            TestAudio.Send(server.Peer.Transceivers[2].Sender, stream: 2, count: 20),
        };
        for (var i = 0; i < 3; i++)
            Assert.Equal(sent[i], (await taps[i].Next(20)).Select(p => p.Payload));
    }

    [Fact]
    public async Task A_line_can_be_added_without_losing_media()
    {
        var (call, sender, tap) = await SendingCall();
        var before = TestAudio.Send(sender, stream: 1, count: 20);
        var added = call.A.Peer.AddTransceiver(TransceiverDirection.SendOnly, "s", "second");

        await TestPeer.Exchange(call.A, call.B);

        var after = TestAudio.Send(sender, stream: 1, count: 20, first: 20);
        Assert.Equal([.. before, .. after], (await tap.Next(40)).Select(p => p.Payload));
        Assert.Equal(2, call.B.Peer.Transceivers.Count);
        Assert.Equal("second", call.B.Peer.Transceivers[1].RemoteTrackId);
        var secondTap = Tap(call.B.Peer.Transceivers[1]);
        var second = TestAudio.Send(added.Sender, stream: 2, count: 20);
        Assert.Equal(second, (await secondTap.Next(20)).Select(p => p.Payload));
        Assert.Equal(0, (await call.B.Peer.GetStats()).Dropped);
    }

    [Fact]
    public async Task The_other_side_can_offer_again_and_hold()
    {
        var (call, sender, tap) = await SendingCall();
        call.B.Peer.Transceivers[0].Direction = TransceiverDirection.SendOnly;

        await TestPeer.Exchange(call.B, call.A);
        TestAudio.Send(sender, stream: 1, count: 5);
        call.B.Peer.Transceivers[0].Direction = TransceiverDirection.SendRecv;
        await TestPeer.Exchange(call.B, call.A);

        var resumed = TestAudio.Send(sender, stream: 1, count: 5, first: 100);
        Assert.Equal(resumed, (await tap.Next(5)).Select(p => p.Payload));
    }

    [Fact]
    public async Task Candidates_can_come_by_trickle()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);

        var offer = await a.Peer.CreateOffer();
        var answer = await b.Peer.AcceptOffer(WithoutCandidates(offer));
        await a.Peer.AcceptAnswer(WithoutCandidates(answer));
        Assert.NotEqual(PeerState.Connected, b.Peer.State);
        foreach (var candidate in a.Candidates)
            await b.Peer.AddCandidate(candidate);

        await a.Reaches(PeerState.Connected);
        await b.Reaches(PeerState.Connected);
    }

    [Fact]
    public async Task Candidates_may_come_before_the_description()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);

        var offer = await a.Peer.CreateOffer();
        foreach (var candidate in a.Candidates)
            await b.Peer.AddCandidate(candidate);
        await a.Peer.AcceptAnswer(WithoutCandidates(await b.Peer.AcceptOffer(WithoutCandidates(offer))));

        await a.Reaches(PeerState.Connected);
    }

    [Fact]
    public async Task A_warm_engine_connects_in_under_100_ms()
    {
        await _engine.Ready;
        var times = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var a = new TestPeer(_engine);
            var b = new TestPeer(_far);
            a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
            await TestPeer.Connect(a, b);
            times.Add((await b.Peer.GetStats()).ConnectTime!.Value);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", times));
        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    private static TestTap Tap(AudioTransceiver transceiver)
    {
        var tap = new TestTap();
        transceiver.Receiver.Tap = tap;
        return tap;
    }

    private static string WithoutCandidates(string sdp) => string.Concat(sdp.Split("\r\n")
        .Where(l => l.Length > 0 && !l.StartsWith("a=candidate", StringComparison.Ordinal)
            && !l.StartsWith("a=end-of-candidates", StringComparison.Ordinal))
        .Select(l => l + "\r\n"));

    private async Task<((TestPeer A, TestPeer B) Call, AudioSender Sender, TestTap Tap)> SendingCall()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        var sent = a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(a, b);
        return ((a, b), sent.Sender, Tap(b.Peer.Transceivers[0]));
    }
}
