namespace GoTo.LiveKit;

/// <summary>Why an access token is refused.</summary>
public enum AccessTokenError
{
    /// <summary>It is not a JWT, or its claims cannot be read.</summary>
    Malformed,

    /// <summary>It is not signed with HS256.</summary>
    WrongAlgorithm,

    /// <summary>Its issuer is no API key of the server.</summary>
    UnknownApiKey,

    /// <summary>Its signature does not fit.</summary>
    BadSignature,

    /// <summary>It starts later than now, leeway included.</summary>
    NotYetValid,

    /// <summary>It ended before now, leeway included.</summary>
    Expired,
}

/// <summary>An access token is refused. The message says what to do and never contains the token.</summary>
public sealed class AccessTokenException : Exception
{
    internal AccessTokenException(AccessTokenError error, string message)
        : base(message) => Error = error;

    /// <summary>Why.</summary>
    public AccessTokenError Error { get; }
}
