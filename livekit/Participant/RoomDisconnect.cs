using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <summary>What ended a participant's time in the room.</summary>
public enum RoomDisconnectCause
{
    /// <summary>We left: <see cref="RoomParticipant.Leave"/>.</summary>
    LocalLeave,

    /// <summary>The server sent <c>leave</c>; reason and action are its.</summary>
    ServerLeave,

    /// <summary>The signalling socket was closed or broke without <c>leave</c>.</summary>
    SignalLost,

    /// <summary>Nothing arrived on the signalling socket for the server's ping time-out.</summary>
    SignalSilent,

    /// <summary>ICE or DTLS failed, or the media path was lost.</summary>
    MediaFailed,

    /// <summary>The server sent what cannot be understood or accepted.</summary>
    ProtocolViolation,
}

/// <summary>The end of a participant's time in the room, reported exactly once.</summary>
/// <param name="Cause">What ended it.</param>
/// <param name="Reason">The server's reason; UNKNOWN_REASON when it gave none.</param>
/// <param name="Action">What the server asks for: end, resume, or join anew.</param>
/// <param name="Detail">Details for a log, without secrets.</param>
public sealed record RoomDisconnect(
    RoomDisconnectCause Cause, DisconnectReason Reason, LeaveRequest.Types.Action Action, string Detail)
{
    /// <summary>Why the media path ended, for <see cref="RoomDisconnectCause.MediaFailed"/>; else none.</summary>
    public PeerReason? Media { get; init; }

    /// <summary>
    /// Whether joining anew makes sense: the server asks for it, or shuts down, or nobody meant the session to end.
    /// </summary>
    public bool CanRejoin => Cause switch
    {
        RoomDisconnectCause.LocalLeave => false,
        RoomDisconnectCause.ServerLeave =>
            Action != LeaveRequest.Types.Action.Disconnect || Reason == DisconnectReason.ServerShutdown,
        _ => true,
    };
}

/// <summary>The participant is no longer in the room, so what was waited for cannot happen.</summary>
public sealed class RoomDisconnectedException : Exception
{
    internal RoomDisconnectedException(RoomDisconnect disconnect)
        : base($"No longer in the room: {disconnect.Cause}, {disconnect.Reason}. {disconnect.Detail}") =>
        Disconnect = disconnect;

    /// <summary>How it ended.</summary>
    public RoomDisconnect Disconnect { get; }
}
