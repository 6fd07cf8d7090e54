using Microsoft.Extensions.Logging;

namespace GoTo.Api;

/// <summary>The log messages of this library. None of them holds a token, a secret or a phone number.</summary>
internal static partial class GoToApiLog
{
    [LoggerMessage(2001, LogLevel.Debug, "GoTo: {Operation} replied {Status} after {Milliseconds:0} ms")]
    public static partial void Replied(
        this ILogger<ApiTransport> log, string operation, int status, double milliseconds);

    [LoggerMessage(2002, LogLevel.Information,
        "GoTo: {Operation} was refused with 401 ({Code}); asking for a new token and trying once more")]
    public static partial void TokenRejected(this ILogger<ApiTransport> log, string operation, string? code);

    [LoggerMessage(2003, LogLevel.Warning,
        "GoTo: logging in by password, which GoTo refuses to new OAuth clients; use Grant = PersonalAccessToken")]
    public static partial void PasswordGrantDeprecated(this ILogger<TokenClient> log);

    [LoggerMessage(2004, LogLevel.Warning,
        "GoTo: the token lacks the scopes {Scopes}; grant them to the OAuth client in GoTo's developer portal")]
    public static partial void ScopesMissing(this ILogger<TokenClient> log, string scopes);

    [LoggerMessage(2101, LogLevel.Information, "GoTo events: connected on channel {ChannelId}")]
    public static partial void Connected(this ILogger<EventStream> log, string channelId);

    [LoggerMessage(2102, LogLevel.Warning, "GoTo events: {Reason}; next attempt in {RetryIn}")]
    public static partial void Disconnected(this ILogger<EventStream> log, string reason, TimeSpan retryIn);

    [LoggerMessage(2103, LogLevel.Information, "GoTo events: channel {ChannelId} was refused, creating a new one")]
    public static partial void ChannelRefused(this ILogger<EventStream> log, string channelId);

    [LoggerMessage(2104, LogLevel.Warning, "GoTo events: renewal of channel {ChannelId} failed, the old one goes on")]
    public static partial void RenewalFailed(this ILogger<EventStream> log, string channelId);

    [LoggerMessage(2105, LogLevel.Warning, "GoTo events: a message could not be read: {Problem}")]
    public static partial void BadMessage(this ILogger<EventStream> log, string problem);

    [LoggerMessage(2107, LogLevel.Debug, "GoTo events: one of type {Type} is not passed on: {Verdict}")]
    public static partial void NotDelivered(this ILogger<EventStream> log, string type, EventVerdict verdict);

    [LoggerMessage(2108, LogLevel.Warning,
        "GoTo: its clock and ours are {Skew} apart; set this machine's clock by a time server")]
    public static partial void ClockSkewed(this ILogger<ApiTransport> log, TimeSpan skew);

    [LoggerMessage(2106, LogLevel.Debug, "GoTo events: channel {ChannelId} could not be deleted: {Failure}")]
    public static partial void CleanUpFailed(this ILogger<EventStream> log, string channelId, string failure);
}
