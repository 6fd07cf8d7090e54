namespace GoTo.WebRtc;

/// <summary>Why a peer is <see cref="PeerState.Disconnected"/>, <see cref="PeerState.Failed"/> or
/// <see cref="PeerState.Closed"/>.</summary>
/// <param name="Cause">What to act on.</param>
/// <param name="Text">The same in words, with details, for a log; holds no secret.</param>
public sealed record PeerReason(PeerCause Cause, string Text)
{
    /// <summary>
    /// The alert that ended the DTLS handshake or association (RFC 5246 section 7.2), such as 40, handshake_failure:
    /// received for <see cref="PeerCause.DtlsAlert"/>, else sent by us; none where there was none.
    /// </summary>
    public byte? Alert { get; init; }

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}

/// <summary>What ended a connection, or interrupted it.</summary>
public enum PeerCause
{
    /// <summary>Disconnected: nothing was heard for 7 s; consent is still there, and audio may come back.</summary>
    Silent,

    /// <summary>
    /// Disconnected: our TURN server has taken back or lost the relayed address that carried the audio (RFC 8656), or
    /// the link to it broke. An ICE restart gets a new one.
    /// </summary>
    RelayLost,

    /// <summary>
    /// Disconnected: the path is dead while ICE restarts (RFC 8445 section 9); the new path may save the connection.
    /// </summary>
    PathLost,

    /// <summary>Closed: <see cref="RtcPeer.Close"/> was called, or the engine was disposed of.</summary>
    ClosedHere,

    /// <summary>Closed: the remote side sent close_notify (RFC 5246 section 7.2.1): it has hung up.</summary>
    ClosedByRemote,

    /// <summary>
    /// Failed: no pair of candidates works, or none did within 30 s (RFC 8445 section 8). A firewall, a wrong advertised
    /// address, or a TURN server that is missing.
    /// </summary>
    NoPath,

    /// <summary>
    /// Failed: no check was answered for 30 s (RFC 7675 section 5.1): the remote side, or the network to it, is gone. An
    /// ICE restart begun on <see cref="Silent"/> would have saved a connection whose network has changed.
    /// </summary>
    ConsentLost,

    /// <summary>
    /// Failed: the remote certificate is not the one of its description (RFC 8122 section 6.2): an attack, or descriptions
    /// that were mixed up.
    /// </summary>
    FingerprintMismatch,

    /// <summary>Failed: the two sides share no SRTP profile (RFC 5764 section 4.1.2).</summary>
    NoCommonSrtpProfile,

    /// <summary>
    /// Failed: the remote side sent a fatal alert, <see cref="PeerReason.Alert"/> (RFC 5246 section 7.2.2). 42,
    /// bad_certificate, is how most stacks say that they saw another fingerprint than was announced.
    /// </summary>
    DtlsAlert,

    /// <summary>Failed: there was a path, but the DTLS handshake was not done within 10 s, or media within 30 s.</summary>
    DtlsTimedOut,

    /// <summary>Failed: the DTLS handshake broke off for another reason; the text says which.</summary>
    DtlsFailed,

    /// <summary>Failed: more DTLS handshakes were waiting than the engine takes. Try again later, or elsewhere.</summary>
    Overloaded,

    /// <summary>Failed: the application's tap, or the engine itself, threw; the log has the exception.</summary>
    Fault,
}
