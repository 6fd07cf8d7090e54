namespace GoTo.WebRtc;

/// <summary>The state of an <see cref="RtcPeer"/>, as RTCPeerConnectionState of W3C WebRTC.</summary>
public enum PeerState
{
    /// <summary>Made; no description has been exchanged yet.</summary>
    New,

    /// <summary>Both descriptions are known; ICE checks or the DTLS handshake are under way.</summary>
    Connecting,

    /// <summary>ICE and DTLS are complete; audio flows.</summary>
    Connected,

    /// <summary>
    /// Nothing has been heard from the remote side for some seconds (RFC 7675); it may come back.
    /// </summary>
    Disconnected,

    /// <summary>ICE, DTLS or consent failed; the event says which (<see cref="PeerCause"/>). Final, except for Closed.</summary>
    Failed,

    /// <summary>Closed by us or by the remote side's close_notify. Final.</summary>
    Closed,
}
