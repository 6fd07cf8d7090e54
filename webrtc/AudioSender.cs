using GoTo.WebRtc.Net;
using GoTo.WebRtc.Peer;

namespace GoTo.WebRtc;

/// <summary>
/// What a transceiver sends: one RTP stream of a constant SSRC, whose sequence numbers and timestamps stay continuous
/// whatever feeds it. It has one source at a time: the <see cref="AudioReceiver"/> that forwards to it, or, while none
/// does, the application through <see cref="Send"/>. Thread-safe.
/// </summary>
public sealed class AudioSender
{
    internal AudioSender(AudioTransceiver transceiver, uint ssrc)
    {
        Transceiver = transceiver;
        Ssrc = ssrc;
        Stream = new OutboundStream(this);
    }

    /// <summary>The synchronisation source of all packets sent (RFC 3550 section 3).</summary>
    public uint Ssrc { get; }

    internal AudioTransceiver Transceiver { get; }

    /// <summary>The shard's side of the sender.</summary>
    internal OutboundStream Stream { get; }

    /// <summary>
    /// Sends one packet of encoded audio in the negotiated codec. The payload is copied, so the memory may be used
    /// again. Dropped before the peer is connected, while the negotiated direction does not send, and while a receiver
    /// forwards to this sender.
    /// </summary>
    /// <param name="payload">The codec's payload, 1 to 1,200 bytes.</param>
    /// <param name="samples">
    /// The packet's duration in the codec's RTP clock (RFC 3551; 960 is 20 ms of Opus): the next packet's timestamp is
    /// that much later.
    /// </param>
    /// <param name="marker">The RTP marker bit: the first packet after silence (RFC 3551 section 4.1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The payload's length or the duration is out of range.</exception>
    public void Send(ReadOnlyMemory<byte> payload, int samples, bool marker = false)
    {
        if (payload.Length is 0 or > UdpShard.MaxPayload)
            throw new ArgumentOutOfRangeException(
                nameof(payload), payload.Length, $"An RTP payload is 1 to {UdpShard.MaxPayload} bytes here.");
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        Transceiver.Connection.Shard.PostPayload(Stream, payload.Span, samples, marker);
    }
}
