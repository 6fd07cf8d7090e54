using GoTo.WebRtc.Net;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Tests.Net;

/// <summary>A peer that does nothing but note its timers.</summary>
internal sealed class FakePeer(int socket = UdpShard.SharedSocket) : IShardPeer
{
    public string Name => "fake";

    public int Socket => socket;

    public long ScheduledAt { get; set; } = long.MaxValue;

    public int TimerPosition { get; set; }

    public Action<long> WhenDue { get; init; } = _ => { };

    public bool IsHeardAt(in TransportAddress address, long now) => false;

    public bool OnStun(in StunMessage message, in TransportAddress from, long now) => false;

    public void OnDtls(ReadOnlySpan<byte> datagram, in TransportAddress from)
    {
    }

    public void OnRtp(Span<byte> packet, long now, long receivedAt)
    {
    }

    public void OnRtcp(Span<byte> packet, long now)
    {
    }

    public void OnTimer(long now) => WhenDue(now);

    public void Fail(string reason)
    {
    }

    public void ShutDown()
    {
    }
}
