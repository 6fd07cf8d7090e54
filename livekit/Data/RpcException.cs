namespace GoTo.LiveKit;

/// <summary>Why a remote procedure call failed; LiveKit's codes. An application may use its own below 1000.</summary>
public static class RpcErrorCode
{
    /// <summary>The other side has no such method.</summary>
    public const int UnsupportedMethod = 1400;

    /// <summary>Nobody in the room has the identity.</summary>
    public const int RecipientNotFound = 1401;

    /// <summary>The request is longer than <see cref="RpcException.MaxPayload"/>.</summary>
    public const int RequestPayloadTooLarge = 1402;

    /// <summary>The other side is called by a server that does not do calls.</summary>
    public const int UnsupportedServer = 1403;

    /// <summary>The other side speaks another version of calls.</summary>
    public const int UnsupportedVersion = 1404;

    /// <summary>The method failed.</summary>
    public const int ApplicationError = 1500;

    /// <summary>The other side did not acknowledge the call in time.</summary>
    public const int ConnectionTimeout = 1501;

    /// <summary>The other side did not answer in time.</summary>
    public const int ResponseTimeout = 1502;

    /// <summary>The other side, or we, left the room before the answer.</summary>
    public const int RecipientDisconnected = 1503;

    /// <summary>The answer is longer than <see cref="RpcException.MaxPayload"/>.</summary>
    public const int ResponsePayloadTooLarge = 1504;

    /// <summary>The request could not be sent.</summary>
    public const int SendFailed = 1505;
}

/// <summary>
/// A remote procedure call failed. A handler throws it to answer with a code, message and data of its own.
/// </summary>
public sealed class RpcException : Exception
{
    /// <summary>The longest request or answer, in bytes of UTF-8.</summary>
    public const int MaxPayload = 15_360;

    /// <summary>A failure.</summary>
    /// <param name="code">One of <see cref="RpcErrorCode"/>, or the application's own.</param>
    /// <param name="message">What happened; at most 256 characters travel.</param>
    /// <param name="payload">What else the other side should know.</param>
    public RpcException(int code, string message, string payload = "")
        : base(message) => (Code, Payload) = (code, payload);

    /// <summary>One of <see cref="RpcErrorCode"/>, or the application's own.</summary>
    public int Code { get; }

    /// <summary>What else the other side said.</summary>
    public string Payload { get; }
}

/// <summary>A call by another participant.</summary>
/// <param name="Identity">Who calls.</param>
/// <param name="Method">The method.</param>
/// <param name="Payload">The request, often JSON.</param>
/// <param name="Timeout">How long the caller waits for the answer.</param>
public sealed record RpcInvocation(string Identity, string Method, string Payload, TimeSpan Timeout);

/// <summary>Answers calls of one method.</summary>
/// <param name="invocation">The call.</param>
/// <param name="cancellationToken">Cancelled when the caller waits no more, or we leave the room.</param>
/// <returns>The answer, at most <see cref="RpcException.MaxPayload"/> bytes.</returns>
/// <exception cref="RpcException">The call fails with this code.</exception>
public delegate Task<string> RpcHandler(RpcInvocation invocation, CancellationToken cancellationToken);
