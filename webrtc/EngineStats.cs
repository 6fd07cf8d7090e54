namespace GoTo.WebRtc;

/// <summary>What an engine has done since it was made; sums over its shards.</summary>
public readonly record struct EngineStats
{
    /// <summary>Peers that are not closed.</summary>
    public int Peers { get; init; }

    /// <summary>Datagrams received.</summary>
    public long DatagramsReceived { get; init; }

    /// <summary>Datagrams handed to the operating system.</summary>
    public long DatagramsSent { get; init; }

    /// <summary>Datagrams that the operating system did not take (full buffer, unreachable).</summary>
    public long SendFailures { get; init; }

    /// <summary>RTP packets passed on from a receiver to a sender.</summary>
    public long PacketsForwarded { get; init; }

    /// <summary>RTP packets sent that were made of decoded audio: transcoded, or mixed of several speakers.</summary>
    public long PacketsMixed { get; init; }

    /// <summary>Legs that are being transcoded or mixed now.</summary>
    public int MixedLegs { get; init; }

    /// <summary>How often a leg was refused for want of a codec thread with room for it.</summary>
    public long MixesRefused { get; init; }

    /// <summary>Datagrams dropped: neither STUN, DTLS, RTP nor RTCP (RFC 7983).</summary>
    public long DroppedUnknownKind { get; init; }

    /// <summary>
    /// Datagrams dropped: from an address that no peer has authenticated, or STUN for a user that is not here.
    /// </summary>
    public long DroppedUnknownPeer { get; init; }

    /// <summary>
    /// STUN requests dropped unread, of networks that sent too many with a wrong password, and attempts to take over the
    /// address of a peer that is being heard there.
    /// </summary>
    public long DroppedRateLimited { get; init; }

    /// <summary>RTP and RTCP dropped: wrong authentication tag.</summary>
    public long DroppedUnauthenticated { get; init; }

    /// <summary>RTP and RTCP dropped: received before, or too late for the replay window.</summary>
    public long DroppedReplayed { get; init; }

    /// <summary>Other packets dropped: malformed, early, of no transceiver, of a codec not negotiated.</summary>
    public long DroppedOther { get; init; }

    /// <summary>Bytes that the shards' threads have allocated on the managed heap.</summary>
    public long BytesAllocatedByShards { get; init; }
}
