namespace GoTo.WebRtc;

/// <summary>How one <see cref="RtcPeer"/> is made.</summary>
public sealed record PeerOptions
{
    /// <summary>A name for logs and error messages, such as the call's id and leg.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Chooses the shard: peers with one key share a shard, as both legs of a call must, since audio is forwarded only
    /// between peers of one shard. Any value; keys spread over the shards by value modulo their number.
    /// </summary>
    public int ShardKey { get; init; }

    /// <summary>
    /// The DTLS role taken when answering an offer of <c>a=setup:actpass</c> (RFC 5763 section 5). Default: server
    /// (<c>a=setup:passive</c>), which lets us choose the SRTP profile.
    /// </summary>
    public DtlsRole AnswerRole { get; init; } = DtlsRole.Server;

    /// <summary>
    /// Whether the peer gets a free UDP port of its own, beside the shard's. DTLS and SRTP have nothing but the two
    /// addresses to tell peers apart by, so two peers must not share both: a server that serves many of our peers from
    /// one port (a LiveKit server's <c>rtc.udp_port</c>, or another engine of this kind) needs them on different ports.
    /// Default: none, which gives a port to the peer that makes the first offer, as clients do, while one that answers
    /// stays on the shard's port.
    /// </summary>
    public bool? OwnPort { get; init; }

    /// <summary>STUN and TURN servers of this peer. Default: none, which takes <see cref="RtcOptions.IceServers"/>.</summary>
    public IReadOnlyList<IceServer>? IceServers { get; init; }

    /// <summary>Which of our candidates are used. Default: all.</summary>
    public IceTransportPolicy IceTransportPolicy { get; init; }

    /// <summary>
    /// Whether we are ice-lite (RFC 8445 section 2.5): we answer the remote side's connectivity checks and send none,
    /// which is enough for a host with a public address whose remote side is a full agent. Goes with
    /// <see cref="IceTransportPolicy.All"/> and no servers. Default: false, a full agent.
    /// </summary>
    public bool IceLite { get; init; }

    /// <summary>
    /// Whether descriptions are made at once, and candidates of servers follow by
    /// <see cref="IRtcPeerEvents.OnCandidate"/> (trickle ICE, RFC 8838), for a signalling that carries them. Default:
    /// false, descriptions wait for all candidates, <see cref="RtcOptions.GatheringTimeout"/> at most.
    /// </summary>
    public bool Trickle { get; init; }

    /// <summary>
    /// Whether data channels are accepted when the remote side offers them (<c>m=application</c>, RFC 8841), and offered
    /// by us even before one is made. Default: false; then an offered section is declined, and ours is offered once
    /// there is a channel (<see cref="RtcPeer.CreateDataChannel"/>).
    /// </summary>
    public bool DataChannels { get; init; }

    /// <summary>The SRTP profiles offered or accepted, the preferred first (RFC 5764 section 4.1.2).</summary>
    public IReadOnlyList<SrtpProfile> SrtpProfiles { get; init; } =
        [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmSha1_80];

    /// <summary>
    /// The codecs offered or accepted, the preferred first. Default: Opus, PCMU, PCMA. Without libopus on this machine
    /// G.711 is left out: it could not be transcoded for a leg of Opus.
    /// </summary>
    public IReadOnlyList<AudioCodec> Codecs { get; init; } = [AudioCodec.Opus, AudioCodec.Pcmu, AudioCodec.Pcma];
}
