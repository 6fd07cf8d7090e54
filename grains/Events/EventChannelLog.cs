using GoTo.Calls;
using Microsoft.Extensions.Logging;

namespace GoTo.Events;

/// <summary>What an event channel logs; event ids 1100 to 1199.</summary>
internal static partial class EventChannelLog
{
    [LoggerMessage(1100, LogLevel.Information, "Channel of {Account}: epoch {Epoch}, {Calls} live calls")]
    public static partial void Opened(this ILogger<EventChannelGrain> logger, string account, long epoch, int calls);

    [LoggerMessage(1101, LogLevel.Information, "Channel of {Account}: connected and subscribed (renewal: {Renewal})")]
    public static partial void Connected(this ILogger<EventChannelGrain> logger, string account, bool renewal);

    [LoggerMessage(1102, LogLevel.Warning, "Channel of {Account}: {Reason} Next attempt in {RetryIn}")]
    public static partial void Disconnected(this ILogger<EventChannelGrain> logger, string account, string reason, TimeSpan retryIn);

    [LoggerMessage(1103, LogLevel.Warning, "Channel of {Account}: an event of type {Type} cannot be read. {Problem}")]
    public static partial void Invalid(this ILogger<EventChannelGrain> logger, string account, string type, string problem);

    [LoggerMessage(1104, LogLevel.Warning, "Call {Call}: {What} could not be delivered; trying again. {Detail}")]
    public static partial void NotDelivered(this ILogger logger, CallKey call, string what, string detail);

    [LoggerMessage(1105, LogLevel.Error, "Call {Call}: {What} was given up; the call is compared with GoTo instead")]
    public static partial void GivenUp(this ILogger logger, CallKey call, string what);

    [LoggerMessage(1106, LogLevel.Error, "Channel of {Account}: reading failed; it is opened anew")]
    public static partial void ReadingFailed(this ILogger<EventChannelGrain> logger, string account, Exception failure);

    [LoggerMessage(1107, LogLevel.Warning, "Channel of {Account}: another activation follows epoch {Epoch}; this one ends")]
    public static partial void Fenced(this ILogger<EventChannelGrain> logger, string account, long epoch);

    [LoggerMessage(1109, LogLevel.Warning, "Dial {Dial} could not be attended to; trying again. {Detail}")]
    public static partial void DialNotAttended(this ILogger<EventChannelGrain> logger, string dial, string detail);

    [LoggerMessage(1108, LogLevel.Warning, "Channel of {Account}: its list of live calls could not be stored; trying again. {Detail}")]
    public static partial void NotSaved(this ILogger<EventChannelGrain> logger, string account, string detail);
}
