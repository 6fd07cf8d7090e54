using System.Net;

namespace GoTo.LiveKit;

/// <summary>The error codes of a Twirp API (Twirp specification v7, "Error codes").</summary>
public enum TwirpErrorCode
{
    /// <summary>Not a code this client knows, or a failure without one.</summary>
    Unknown,

    /// <summary>The caller gave up.</summary>
    Canceled,

    /// <summary>An argument is wrong whatever the state of the server.</summary>
    InvalidArgument,

    /// <summary>The request could not be decoded.</summary>
    Malformed,

    /// <summary>No answer in time; the operation may have happened.</summary>
    DeadlineExceeded,

    /// <summary>What was asked for does not exist.</summary>
    NotFound,

    /// <summary>No such service or method.</summary>
    BadRoute,

    /// <summary>It exists already.</summary>
    AlreadyExists,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied,

    /// <summary>The token is missing, refused, or lacks the grant (LiveKit answers 401 to both).</summary>
    Unauthenticated,

    /// <summary>A quota or rate limit is used up.</summary>
    ResourceExhausted,

    /// <summary>The server is not in the state the operation needs.</summary>
    FailedPrecondition,

    /// <summary>A conflict with a concurrent operation.</summary>
    Aborted,

    /// <summary>Past the valid range.</summary>
    OutOfRange,

    /// <summary>The server does not implement the method.</summary>
    Unimplemented,

    /// <summary>A fault in the server.</summary>
    Internal,

    /// <summary>
    /// The server cannot be reached, or nobody in it knows the room or participant: retry, or treat as not found.
    /// </summary>
    Unavailable,

    /// <summary>Data is lost or corrupted.</summary>
    DataLoss,
}

/// <summary>A call of LiveKit's server API failed. Never contains a token.</summary>
public sealed class TwirpException : Exception
{
    internal TwirpException(
        string method, TwirpErrorCode code, HttpStatusCode? status, string serverMessage, Exception? inner = null)
        : base(Text(method, code, status, serverMessage), inner)
    {
        Method = method;
        Code = code;
        Status = status;
        ServerMessage = serverMessage;
    }

    /// <summary>The method called, such as <c>RoomService/CreateRoom</c>.</summary>
    public string Method { get; }

    /// <summary>What kind of failure it is.</summary>
    public TwirpErrorCode Code { get; }

    /// <summary>The HTTP status, or null when no response came.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>What the server said, cut to 500 characters.</summary>
    public string ServerMessage { get; }

    /// <summary>
    /// Whether the same call may succeed when repeated after a pause. A call that timed out is not among these: it may
    /// have happened.
    /// </summary>
    public bool IsTransient => Code is TwirpErrorCode.Unavailable or TwirpErrorCode.ResourceExhausted
        or TwirpErrorCode.Aborted;

    /// <summary>
    /// Whether the server is at fault, or was not reached, and not what was asked of it: it may answer otherwise a little
    /// later.
    /// </summary>
    public bool IsServerFault => IsTransient
        || Code is TwirpErrorCode.Internal or TwirpErrorCode.Unknown or TwirpErrorCode.DeadlineExceeded or TwirpErrorCode.DataLoss;

    /// <summary>Whether the operation may have happened all the same: no answer came, and the request may have left.</summary>
    public bool OutcomeUnknown => Code is TwirpErrorCode.DeadlineExceeded
        || Status is (null or HttpStatusCode.GatewayTimeout) && !NeverLeft;

    private bool NeverLeft => InnerException is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    /// <summary>What to do about it, in a sentence.</summary>
    public string Advice => AdviceFor(Code);

    internal static string AdviceFor(TwirpErrorCode code) => code switch
    {
        TwirpErrorCode.Unauthenticated or TwirpErrorCode.PermissionDenied =>
            $"Check {LiveKitOptions.Section}:ApiKey and {LiveKitOptions.Section}:ApiSecret, the clock, and the grants.",
        TwirpErrorCode.Unavailable =>
            $"Check that the server at {LiveKitOptions.Section}:Url runs and knows the room, then retry.",
        TwirpErrorCode.DeadlineExceeded => "Look whether it happened before repeating it.",
        TwirpErrorCode.BadRoute or TwirpErrorCode.Unimplemented =>
            $"Check that {LiveKitOptions.Section}:Url is a LiveKit server of a recent version.",
        TwirpErrorCode.NotFound => "The room or participant is gone: create it, or drop what refers to it.",
        TwirpErrorCode.AlreadyExists => "Use the existing one.",
        TwirpErrorCode.ResourceExhausted => "Slow down, or raise the server's limit.",
        TwirpErrorCode.InvalidArgument or TwirpErrorCode.Malformed or TwirpErrorCode.OutOfRange =>
            "Correct the request; repeating it does not help.",
        TwirpErrorCode.FailedPrecondition or TwirpErrorCode.Aborted => "Read the state again and decide anew.",
        _ => "See the server's log.",
    };

    private static string Text(string method, TwirpErrorCode code, HttpStatusCode? status, string serverMessage)
    {
        var answer = status is { } http ? $"HTTP {(int)http}" : "no response";
        return $"LiveKit {method} failed: {code} ({answer}): {serverMessage} {AdviceFor(code)}";
    }
}
