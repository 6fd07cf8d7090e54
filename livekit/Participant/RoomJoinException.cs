using System.Net;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>Which step of a join failed.</summary>
public enum RoomJoinStep
{
    /// <summary>The options: correct the setting that the message names.</summary>
    Options,

    /// <summary>The server could not be reached.</summary>
    Connect,

    /// <summary>The server refused with an HTTP status: see <see cref="RoomJoinException.Status"/>.</summary>
    Refused,

    /// <summary>The socket opened, but the server did not accept the join, or sent what cannot be understood.</summary>
    Signalling,

    /// <summary>Joined, but ICE or DTLS did not connect.</summary>
    Media,

    /// <summary>Not done within <see cref="JoinOptions.Timeout"/>.</summary>
    TimedOut,
}

/// <summary>A room could not be joined; nothing of the attempt is left open. Never contains the token.</summary>
public sealed class RoomJoinException : Exception
{
    internal RoomJoinException(RoomJoinStep step, string message, Exception? inner = null)
        : base(message, inner) => Step = step;

    /// <summary>The step that failed.</summary>
    public RoomJoinStep Step { get; }

    /// <summary>
    /// The HTTP status the server refused with: 401 token or grants, 400 request, 404 no such room or no
    /// <c>/rtc/v1</c>.
    /// </summary>
    public HttpStatusCode? Status { get; internal init; }

    /// <summary>
    /// Whether the server is at fault, or was not reached, and not the options or the token: the same join may succeed a
    /// little later.
    /// </summary>
    public bool IsServerFault => Step is not RoomJoinStep.Options
        && Status is null or >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    /// <summary>The text the server refused with, cut to 500 characters.</summary>
    public string? ServerText { get; internal init; }

    /// <summary>The reason of the <c>leave</c> that answered the join.</summary>
    public DisconnectReason Reason { get; internal init; }
}
