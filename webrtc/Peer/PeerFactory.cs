using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Mixing;
using GoTo.WebRtc.Net;
using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Peer;

/// <summary>Makes the peers of an engine, and holds what they share.</summary>
internal sealed class PeerFactory(RtcOptions options, DtlsEngineFactory dtls, TimeProvider time, ILogger logger)
{
    public RtcOptions Options => options;

    public DtlsEngineFactory Dtls => dtls;

    public TimeProvider Time => time;

    /// <summary>The threads that transcode and mix.</summary>
    public CodecPool Codecs { get; } = new(options, time, logger);

    public Entropy Entropy { get; } = Entropy.System;

    public PeerConnection Create(UdpShard shard, PeerOptions peer, IRtcPeerEvents events) =>
        new(shard, peer, events, this, logger);
}
