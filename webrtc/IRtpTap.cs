namespace GoTo.WebRtc;

/// <summary>
/// Sees each RTP packet of an <see cref="AudioReceiver"/>. Called on the shard's thread: an implementation must not
/// block, keep the span, or throw.
/// </summary>
public interface IRtpTap
{
    /// <summary>An authenticated RTP packet, in the order of arrival (not of sequence numbers).</summary>
    /// <param name="header">The RTP header as received (RFC 3550 section 5.1).</param>
    /// <param name="payload">The payload without padding; valid during the call only.</param>
    /// <param name="receivedAt">When the batch of datagrams arrived, a timestamp of the engine's TimeProvider.</param>
    void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt);
}
