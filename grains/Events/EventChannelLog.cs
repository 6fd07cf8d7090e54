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

    [LoggerMessage(1104, LogLevel.Warning, "Call {Call}: {Event} could not be delivered. {Detail}")]
    public static partial void NotDelivered(this ILogger<EventChannelGrain> logger, CallKey call, string @event, string detail);
}
