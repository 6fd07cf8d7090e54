using GoTo.WebRtc.Net;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Tests.Net;

/// <summary>A peer that does nothing but note its timers.</summary>
internal sealed class FakePeer(int socket = UdpShard.SharedSocket) : IShardPeer
{
    public string Name => "fake";

    public int Socket => socket;

    public int TimerPosition { get; set; } = TimerQueue.Nowhere;

    public Action<long> WhenDue { get; init; } = _ => { };

    /// <summary>Where the peer says that it is being heard.</summary>
    public TransportAddress HeardAt { get; init; }

    public int RtpReceived { get; private set; }

    public bool IsHeardAt(in TransportAddress address, long now) => HeardAt == address;

    public bool OnStun(in StunMessage message, in TransportAddress from, long now) => false;

    public void OnDtls(ReadOnlySpan<byte> datagram, in TransportAddress from)
    {
    }

    public void OnRtp(Span<byte> packet, long now, long receivedAt) => RtpReceived++;

    public void OnRtcp(Span<byte> packet, long now)
    {
    }

    public void OnTimer(long now) => WhenDue(now);

    public void Fail(PeerReason reason)
    {
    }

    public void ShutDown()
    {
    }
}
