namespace GoTo.LiveKit;

/// <summary>Why a webhook was not taken.</summary>
public enum WebhookError
{
    /// <summary>There is no Authorization header: it is not from a LiveKit server.</summary>
    NotSigned,

    /// <summary>The token is not acceptable; see the inner <see cref="AccessTokenException"/>.</summary>
    BadToken,

    /// <summary>The token is of another body.</summary>
    WrongBody,

    /// <summary>The event is older than allowed: a repetition of long ago, or the clocks differ.</summary>
    TooOld,

    /// <summary>The body is not an event.</summary>
    Malformed,
}

/// <summary>A webhook that is not to be trusted or cannot be read. Answer it with HTTP 401, or 400 when malformed.</summary>
public sealed class WebhookException : Exception
{
    internal WebhookException(WebhookError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Why.</summary>
    public WebhookError Error { get; }
}
