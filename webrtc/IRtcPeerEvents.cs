namespace GoTo.WebRtc;

/// <summary>
/// What a peer reports. Called on the shard's thread, which carries the audio of every call of the shard: an
/// implementation must return at once (post to a queue), never block and never throw.
/// </summary>
public interface IRtcPeerEvents
{
    /// <summary>The peer's state changed.</summary>
    /// <param name="state">The new state.</param>
    /// <param name="reason">
    /// Why, for <see cref="PeerState.Disconnected"/>, <see cref="PeerState.Failed"/> and <see cref="PeerState.Closed"/>.
    /// </param>
    void OnStateChanged(PeerState state, PeerReason? reason);

    /// <summary>A local candidate for trickle ICE (RFC 8838); they are in the descriptions too.</summary>
    /// <param name="candidate">The <c>candidate:...</c> attribute value; empty for the end of candidates.</param>
    void OnCandidate(string candidate);

    /// <summary>The first RTP packet that was authenticated on a transceiver.</summary>
    /// <param name="transceiver">The transceiver it belongs to.</param>
    void OnFirstPacket(AudioTransceiver transceiver);

    /// <summary>
    /// A DTMF digit of the remote side (RFC 4733), told once, when it begins. Does nothing by default.
    /// </summary>
    /// <param name="transceiver">The transceiver it came on.</param>
    /// <param name="digit">0 to 9, *, # or A to D.</param>
    void OnDtmf(AudioTransceiver transceiver, char digit)
    {
    }

    /// <summary>
    /// Audio has stopped flowing on a transceiver of a connected peer, one way or both, or flows again; told within 3 s
    /// of being knowable. Does nothing by default.
    /// </summary>
    /// <param name="transceiver">The transceiver.</param>
    /// <param name="flow">What flows now; <see cref="AudioFlow.Normal"/> at first.</param>
    void OnAudioFlow(AudioTransceiver transceiver, AudioFlow flow)
    {
    }

    /// <summary>
    /// What feeds a transceiver's sender would have to be transcoded or mixed, and is not: what is in the sender's codec is
    /// passed on, one speaker at a time, and the rest is not heard. Told once, until it can be. Does nothing by default.
    /// </summary>
    /// <param name="transceiver">The transceiver whose remote side hears less.</param>
    /// <param name="why">Why.</param>
    void OnMixRefused(AudioTransceiver transceiver, MixRefusal why)
    {
    }

    /// <summary>The remote side has opened a data channel; it is open. Does nothing by default.</summary>
    /// <param name="channel">The channel.</param>
    void OnDataChannel(DataChannel channel)
    {
    }

    /// <summary>The remote side has acknowledged a data channel of ours. Does nothing by default.</summary>
    /// <param name="channel">The channel.</param>
    void OnDataChannelOpen(DataChannel channel)
    {
    }

    /// <summary>A message has come on a data channel. Does nothing by default.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message, valid during the call only; UTF-8 when it is text.</param>
    /// <param name="isText">Whether it was sent as text.</param>
    void OnData(DataChannel channel, ReadOnlySpan<byte> message, bool isText)
    {
    }

    /// <summary>
    /// There is room again in a data channel that refused a message (<see cref="DataChannelError.BufferFull"/>): half of
    /// its buffer. Does nothing by default.
    /// </summary>
    /// <param name="channel">The channel.</param>
    void OnDataChannelDrained(DataChannel channel)
    {
    }

    /// <summary>
    /// A data channel is closed: by either side, or because its peer or the association ended. Does nothing by default.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="reason">Why; null when one of the sides closed it.</param>
    void OnDataChannelClosed(DataChannel channel, string? reason)
    {
    }
}
