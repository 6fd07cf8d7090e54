using GoTo.WebRtc.Peer;

namespace GoTo.WebRtc;

/// <summary>
/// One WebRTC peer connection for audio (RTCPeerConnection of W3C WebRTC; RFC 9429). A thread-safe handle: its methods
/// post to the peer's shard and complete when the shard has done the work, normally in well under a millisecond.
/// </summary>
/// <remarks>
/// All methods throw <see cref="InvalidOperationException"/> once the peer is closed or failed, except
/// <see cref="Close"/> and <see cref="GetStats"/>, and <see cref="ObjectDisposedException"/> once the engine is
/// disposed of.
/// </remarks>
public sealed class RtcPeer
{
    private readonly PeerConnection _connection;

    internal RtcPeer(PeerConnection connection) => _connection = connection;

    /// <summary>The name given in <see cref="PeerOptions.Name"/>.</summary>
    public string Name => _connection.Name;

    /// <summary>The peer's state now; changes are reported to <see cref="IRtcPeerEvents"/>.</summary>
    public PeerState State => _connection.State;

    /// <summary>Why the peer is in its state now; none for a state that needs no reason.</summary>
    public PeerReason? Reason => _connection.Reason;

    /// <summary>The transceivers in the order of their m-lines, those not negotiated yet last.</summary>
    public IReadOnlyList<AudioTransceiver> Transceivers => _connection.Transceivers;

    /// <summary>
    /// Adds an audio m-line to the next offer, or, before <see cref="AcceptOffer"/>, prepares the answer's. Later calls
    /// take effect with the next exchange of descriptions (a re-offer).
    /// </summary>
    /// <param name="direction">The wanted direction, seen from our side.</param>
    /// <param name="streamId">Our media stream's id in <c>a=msid</c> (RFC 8830); a random one by default.</param>
    /// <param name="trackId">Our track's id in <c>a=msid</c>; a random one by default.</param>
    /// <returns>The transceiver; its sender's SSRC is fixed.</returns>
    public AudioTransceiver AddTransceiver(
        TransceiverDirection direction, string? streamId = null, string? trackId = null) =>
        _connection.AddTransceiver(direction, streamId, trackId);

    /// <summary>
    /// Makes a data channel (RFC 8832). It is announced to the remote side once the peer is connected, and can be sent on
    /// at once. The peer's first channel needs an exchange of descriptions afterwards, unless
    /// <see cref="PeerOptions.DataChannels"/> is set.
    /// </summary>
    /// <param name="label">A name, at most 256 bytes.</param>
    /// <param name="options">How it delivers; reliable and in order by default.</param>
    /// <returns>The channel.</returns>
    /// <exception cref="ArgumentException">The label or an option is out of range.</exception>
    public DataChannel CreateDataChannel(string label, DataChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        DataChannelOptions.Validate(label, options ?? new DataChannelOptions());
        return _connection.CreateData(label, options ?? new DataChannelOptions());
    }

    /// <summary>
    /// Makes an offer of all transceivers (RFC 9429 section 5.2), with all candidates and the end of candidates
    /// inside (unless <see cref="PeerOptions.Trickle"/>); <c>a=setup:actpass</c>, also in a re-offer, whose answer keeps the DTLS roles as they are.
    /// </summary>
    /// <param name="iceRestart">
    /// Whether to look for a new path (RFC 8445 section 9), as after a change of networks or on
    /// <see cref="PeerState.Disconnected"/>. Audio stays on the old path until the new one is nominated; if none is
    /// found the old one stays. Without effect before the first answer. An ICE restart that the remote side offers is
    /// answered by <see cref="AcceptOffer"/> in the same way.
    /// </param>
    /// <returns>The SDP.</returns>
    /// <exception cref="InvalidOperationException">There is no transceiver to offer.</exception>
    public async ValueTask<string> CreateOffer(bool iceRestart = false)
    {
        if (_connection.MustGather)
            await _connection.GatherToOffer(iceRestart).ConfigureAwait(false);
        return await _connection.Ask(c => c.CreateOffer(iceRestart)).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes a remote offer and answers it (RFC 9429 section 5.3), with all candidates inside (unless
    /// <see cref="PeerOptions.Trickle"/>). Transceivers are
    /// created (sendrecv) for the offer's audio m-lines where none were added. ICE and DTLS begin at once.
    /// </summary>
    /// <param name="sdp">The remote offer.</param>
    /// <returns>The SDP answer.</returns>
    /// <exception cref="SdpException">
    /// The offer is malformed or cannot be accepted; the peer is unchanged and can be offered again.
    /// </exception>
    public async ValueTask<string> AcceptOffer(string sdp)
    {
        ArgumentNullException.ThrowIfNull(sdp);
        if (_connection.MustGather)
            await _connection.GatherToAnswer(sdp).ConfigureAwait(false);
        return await _connection.Ask(c => c.AcceptOffer(sdp)).ConfigureAwait(false);
    }

    /// <summary>Takes the answer to our offer. ICE and DTLS begin at once.</summary>
    /// <param name="sdp">The remote answer.</param>
    /// <returns>Completes when the answer is applied; connection comes later, as an event.</returns>
    /// <exception cref="SdpException">The answer is malformed or does not fit; the peer is unchanged.</exception>
    /// <exception cref="InvalidOperationException">No offer is outstanding.</exception>
    public ValueTask AcceptAnswer(string sdp)
    {
        ArgumentNullException.ThrowIfNull(sdp);
        return _connection.Do(c => c.AcceptAnswer(sdp));
    }

    /// <summary>
    /// Takes a trickled remote candidate (RFC 8838). May be called before the remote description is known. Candidates
    /// that cannot be used (TCP, component 2, <c>.local</c> names) are ignored.
    /// </summary>
    /// <param name="candidate">
    /// The value of <c>a=candidate</c>, with or without the <c>a=</c>; empty for the end of candidates.
    /// </param>
    /// <returns>Completes when the candidate is taken.</returns>
    public ValueTask AddCandidate(string candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return _connection.Do(c => c.AddRemoteCandidate(candidate));
    }

    /// <summary>
    /// Adds STUN and TURN servers that became known after the peer was made, as by a room server's reply. A peer without a
    /// path asks them at once and tells of their candidates by <see cref="IRtcPeerEvents.OnCandidate"/>, for the
    /// signalling to carry (RFC 8838), also where a description has gone out; every ICE restart asks them, too. One with
    /// the URL of a server that is known takes its place: its credentials are newer.
    /// </summary>
    /// <param name="servers">The servers.</param>
    /// <returns>Completes when they are taken; candidates come later, as events.</returns>
    /// <exception cref="ArgumentException">A server is not usable; the message says which and why.</exception>
    /// <exception cref="InvalidOperationException">The peer is ice-lite, which has host candidates only.</exception>
    public ValueTask AddIceServers(IReadOnlyList<IceServer> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        foreach (var server in servers)
            server.Validate();
        return _connection.Do(c => c.AddIceServers(servers));
    }

    /// <summary>Counts and qualities up to now. Works in every state.</summary>
    /// <returns>A snapshot.</returns>
    public ValueTask<PeerStats> GetStats() => _connection.Ask(c => c.GetStats(), evenWhenOver: true);

    /// <summary>
    /// Ends the connection: RTCP BYE, DTLS close_notify, then <see cref="PeerState.Closed"/>. May be called again.
    /// </summary>
    /// <returns>Completes when the goodbyes are sent.</returns>
    public ValueTask Close() => _connection.Close();
}
