using GoTo.WebRtc.Peer;

namespace GoTo.WebRtc;

/// <summary>
/// What a transceiver receives. Its packets go to the tap, if there is one, and are passed on to the senders that they
/// are forwarded to: payload untouched, header rewritten. Thread-safe.
/// </summary>
public sealed class AudioReceiver
{
    private volatile IRtpTap? _tap;

    internal AudioReceiver(AudioTransceiver transceiver)
    {
        Transceiver = transceiver;
        Stream = new InboundStream(this);
    }

    /// <summary>Sees every authenticated RTP packet; none by default. Takes effect with the next packet.</summary>
    public IRtpTap? Tap
    {
        get => _tap;
        set => _tap = value;
    }

    internal AudioTransceiver Transceiver { get; }

    /// <summary>The shard's side of the receiver.</summary>
    internal InboundStream Stream { get; }

    /// <summary>
    /// Passes each received packet on to the sender, from the next packet on: this is its only source then
    /// (<see cref="AudioSender.Sources"/>). A receiver may forward to many senders. Payload types are mapped by codec;
    /// a codec that the sender has not negotiated is transcoded.
    /// </summary>
    /// <param name="to">The sender, of this peer or of another on the same shard.</param>
    /// <exception cref="InvalidOperationException">The sender's peer is on another shard.</exception>
    public void Forward(AudioSender to)
    {
        ArgumentNullException.ThrowIfNull(to);
        to.Sources = [this];
    }

    /// <summary>
    /// Stops passing packets on to the sender; does nothing when this is none of its sources.
    /// </summary>
    /// <param name="to">The sender given to <see cref="Forward"/>.</param>
    public void StopForwarding(AudioSender to)
    {
        ArgumentNullException.ThrowIfNull(to);
        to.Remove(this);
    }
}
