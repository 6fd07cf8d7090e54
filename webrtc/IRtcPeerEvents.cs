namespace GoTo.WebRtc;

/// <summary>
/// What a peer reports. Called on the shard's thread, which carries the audio of every call of the shard: an
/// implementation must return at once (post to a queue), never block and never throw.
/// </summary>
public interface IRtcPeerEvents
{
    /// <summary>The peer's state changed.</summary>
    /// <param name="state">The new state.</param>
    /// <param name="reason">Why, for <see cref="PeerState.Failed"/> and <see cref="PeerState.Closed"/>.</param>
    void OnStateChanged(PeerState state, string? reason);

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
}
