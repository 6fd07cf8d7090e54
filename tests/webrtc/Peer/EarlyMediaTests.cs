using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>Audio that arrives while the receiver's handshake is not done.</summary>
public sealed class EarlyMediaTests : IAsyncDisposable
{
    private readonly RtcEngine _engine = TestEngine.Start();
    private readonly RtcEngine _far = TestEngine.Start();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Audio_sent_while_the_last_flight_is_lost_is_all_heard_once_it_has_been_repeated()
    {
        const byte ChangeCipherSpec = 20; // begins the server's last flight
        const int OneSecond = 50;
        const int Rtp = 0x80;
        using var relay = new UdpRelay();
        var passed = 0;
        relay.LosesFromOfferer = datagram =>
        {
            if (datagram[0] >= Rtp && datagram[1] is < 192 or > 223) passed++; // not RTCP (RFC 5761)
            return datagram[0] == ChangeCipherSpec && passed < OneSecond;
        };
        var server = new TestPeer(_engine);
        var client = new TestPeer(_far, new PeerOptions { Name = "client", AnswerRole = DtlsRole.Client });
        var line = server.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var tap = new TestTap();

        await relay.Exchange(server, client);
        Assert.Single(client.Peer.Transceivers).Receiver.Tap = tap;
        await server.Reaches(PeerState.Connected);
        Assert.Equal(PeerState.Connecting, client.Peer.State);
        var sent = TestAudio.Send(line.Sender, stream: 1, count: OneSecond);

        Assert.Equal(sent, (await tap.Next(OneSecond)).Select(packet => packet.Payload));
        Assert.Equal(0, (await client.Peer.GetStats()).Dropped);
    }
}
