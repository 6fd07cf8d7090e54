namespace GoTo.Api;

/// <summary>
/// The credentials or the token were refused (401, or <c>invalid_grant</c> and <c>invalid_client</c> of RFC 6749
/// section 5.2; sections 3.5 and 13.1). Repeating does not help: correct the credentials or log in anew.
/// </summary>
public sealed class GoToAuthenticationException : GoToApiException
{
    internal GoToAuthenticationException(ApiFailure failure, Exception? inner = null)
        : base(failure, "Check the client id, the client secret and the service user's credentials.", inner)
    {
    }

    /// <summary>True when a refresh token or a password was refused, so that only a new login can help.</summary>
    public bool IsInvalidGrant => Code is "invalid_grant" or "invalid_token";
}

/// <summary>
/// The account logs in by authorization code and has no usable refresh token: a person has to log in once, with
/// <c>goto login</c>.
/// </summary>
public sealed class GoToLogInRequiredException : GoToApiException
{
    internal GoToLogInRequiredException()
        : base(
            new ApiFailure("log in", null, "the account has no usable refresh token"),
            "Log in once in a browser with 'goto login'.", null)
    {
    }
}

/// <summary>The token is good but may not do this (403): grant the OAuth client the missing scope or right.</summary>
public sealed class GoToPermissionException : GoToApiException
{
    internal GoToPermissionException(ApiFailure failure)
        : base(failure, "Grant the OAuth client the scope and the service user the right that this needs.", null)
    {
    }
}

/// <summary>The call, line, channel or subscription does not exist, or no longer (404, 410): forget it.</summary>
public sealed class GoToNotFoundException : GoToApiException
{
    internal GoToNotFoundException(ApiFailure failure)
        : base(failure, "It does not exist, or no longer.", null)
    {
    }
}

/// <summary>
/// The state does not allow this (409), for instance an answer to a call that has ended: look at the call's present
/// state and decide anew.
/// </summary>
public sealed class GoToConflictException : GoToApiException
{
    internal GoToConflictException(ApiFailure failure)
        : base(failure, "Ask for the present state before trying again.", null)
    {
    }

    /// <summary>True when the target of a transfer could not be had; the call goes on as it was.</summary>
    public bool TransferFailed => Code is "TRANSFER_FAILED";
}

/// <summary>
/// Too many requests (429; section 9): wait for <see cref="RetryAfter"/>. The request was not carried out.
/// </summary>
public sealed class GoToRateLimitedException : GoToApiException
{
    internal GoToRateLimitedException(ApiFailure failure, TimeSpan? retryAfter)
        : base(failure, retryAfter is { } wait ? $"Wait {wait.TotalSeconds:0.#} s." : "Wait before the next.", null) =>
        RetryAfter = retryAfter;

    /// <summary>How long the server asks us to wait, or null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>
/// GoTo could not be reached or could not serve us (network failure, time-out, 5xx) and the retries that are safe for
/// this operation are used up. Try again later.
/// </summary>
public sealed class GoToUnavailableException : GoToApiException
{
    internal GoToUnavailableException(
        ApiFailure failure, bool outcomeUnknown, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(failure, outcomeUnknown ? "It may have been carried out: look before repeating." : "Try later.", inner)
    {
        OutcomeUnknown = outcomeUnknown;
        RetryAfter = retryAfter;
    }

    /// <summary>True when the request may have been carried out all the same: look before repeating it.</summary>
    public bool OutcomeUnknown { get; }

    /// <summary>How long the server asks us to wait, or null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>The request itself is wrong (400, 405, 415, 422): correct it, repeating it cannot help.</summary>
public sealed class GoToRequestException : GoToApiException
{
    internal GoToRequestException(ApiFailure failure)
        : base(failure, "Correct the request; repeating it cannot help.", null)
    {
    }
}

/// <summary>
/// A reply came that is not what the API promises: not JSON, too large, or without a field that we cannot do without.
/// Check that the configured addresses are GoTo's and that no proxy answers in its place.
/// </summary>
public sealed class GoToProtocolException : GoToApiException
{
    internal GoToProtocolException(ApiFailure failure, string? field = null, Exception? inner = null)
        : base(failure, "Check that the configured address is GoTo's API and no proxy answers in its place.", inner) =>
        Field = field;

    /// <summary>The field that is missing or unreadable, or null when the whole reply is.</summary>
    public string? Field { get; }
}
