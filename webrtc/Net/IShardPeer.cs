using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Net;

/// <summary>A peer as its shard sees it. All members are called on the shard's thread only.</summary>
internal interface IShardPeer
{
    /// <summary>For the log.</summary>
    string Name { get; }

    /// <summary>The number of the socket that the peer sends and receives on.</summary>
    int Socket { get; }

    /// <summary>
    /// Where the peer stands in the shard's timer queue; kept by that, and <see cref="TimerQueue.Nowhere"/> at first.
    /// </summary>
    int TimerPosition { get; set; }

    /// <summary>Whether the peer's media comes from this address, as authentic packets have shown lately.</summary>
    bool IsHeardAt(in TransportAddress address, long now);

    /// <summary>Handles a STUN message meant for this peer.</summary>
    /// <returns>True if it was authenticated: its source address is now this peer's.</returns>
    bool OnStun(in StunMessage message, in TransportAddress from, long now);

    /// <summary>Handles a DTLS datagram from an authenticated address.</summary>
    void OnDtls(ReadOnlySpan<byte> datagram, in TransportAddress from);

    /// <summary>Handles an SRTP packet from an authenticated address; may be decrypted in place.</summary>
    void OnRtp(Span<byte> packet, long now, long receivedAt);

    /// <summary>Handles an SRTCP packet from an authenticated address; may be decrypted in place.</summary>
    void OnRtcp(Span<byte> packet, long now);

    /// <summary>Does what is due.</summary>
    void OnTimer(long now);

    /// <summary>Ends the peer after an unexpected error in one of the other members.</summary>
    void Fail(PeerReason reason);

    /// <summary>Begins to close the peer because the engine is disposed of.</summary>
    void ShutDown();
}

/// <summary>What takes all datagrams of a socket, on the shard's thread: a peer's link to a TURN server.</summary>
internal interface ISocketOwner
{
    /// <summary>The peer to fail when the owner throws.</summary>
    IShardPeer Peer { get; }

    /// <summary>Handles a datagram from anywhere; it may be changed in place.</summary>
    void OnDatagram(Span<byte> datagram, in TransportAddress from, long now);
}

/// <summary>What takes payloads posted from other threads.</summary>
internal interface IPayloadTarget
{
    /// <summary>Sends one payload, on the shard's thread.</summary>
    void Send(ReadOnlySpan<byte> payload, int samples, bool marker, long now);
}

/// <summary>Work posted to a shard from another thread.</summary>
internal interface IShardWork
{
    /// <summary>Does it, on the shard's thread.</summary>
    void Run();

    /// <summary>Called instead, on any thread, when the shard has ended.</summary>
    void Abandon();
}
