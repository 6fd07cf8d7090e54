using GoTo.WebRtc.Dtls;

namespace GoTo.WebRtc.Peer;

/// <summary>The reasons that a connection gives for its states.</summary>
internal static class PeerReasons
{
    public static PeerReason Silent { get; } =
        new(PeerCause.Silent, "Nothing was heard from the remote side for some seconds.");

    public static PeerReason RelayLost { get; } = new(
        PeerCause.RelayLost, "The TURN server has lost the relayed address that carried the audio.");

    public static PeerReason PathLost { get; } = new(PeerCause.PathLost, "The old path is dead while ICE restarts.");

    public static PeerReason ClosedHere { get; } = new(PeerCause.ClosedHere, "Closed here.");

    public static PeerReason ClosedByRemote { get; } =
        new(PeerCause.ClosedByRemote, "The remote side closed the connection (close_notify).");

    public static PeerReason NoPath { get; } = new(PeerCause.NoPath, "ICE found no working path.");

    public static PeerReason ConsentLost { get; } = new(
        PeerCause.ConsentLost, "The remote side is gone: its consent to receive has expired (RFC 7675).");

    /// <summary>The connection was not made, or made again, in the time that there is for it.</summary>
    public static PeerReason NotInTime(bool hadPath, bool hadMedia) => (hadPath, hadMedia) switch
    {
        (false, _) => new(PeerCause.NoPath, "ICE found no working path in time."),
        (true, false) => new(PeerCause.DtlsTimedOut, "DTLS was not complete in time."),
        _ => new(PeerCause.ConsentLost, "The old path is dead, and the ICE restart found no new one in time."),
    };

    /// <summary>Why DTLS failed.</summary>
    public static PeerReason Of(DtlsCloseReason reason, string? detail, byte? alert)
    {
        var (cause, text) = reason switch
        {
            DtlsCloseReason.FingerprintMismatch => (
                PeerCause.FingerprintMismatch,
                "DTLS: the remote certificate does not match the fingerprint in its description."),
            DtlsCloseReason.NoCommonSrtpProfile => (
                PeerCause.NoCommonSrtpProfile, "DTLS: the two sides share no SRTP profile."),
            DtlsCloseReason.FatalAlert => (PeerCause.DtlsAlert, "DTLS: the remote side sent a fatal alert."),
            DtlsCloseReason.TimedOut => (PeerCause.DtlsTimedOut, "DTLS: the handshake was not done in time."),
            DtlsCloseReason.Overloaded => (PeerCause.Overloaded, "DTLS: too many handshakes are waiting."),
            _ => (PeerCause.DtlsFailed, "DTLS: the handshake failed."),
        };
        return new PeerReason(cause, detail is null ? text : $"{text} {detail}") { Alert = alert };
    }
}
