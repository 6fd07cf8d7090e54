namespace GoTo.Simulator.Cloud;

/// <summary>The simulated cloud's log messages.</summary>
internal static partial class CloudLog
{
    [LoggerMessage(9001, LogLevel.Information, "Call {CallId} rings on line {LineId}")]
    public static partial void CallRinging(this ILogger<GoToCloud> log, string callId, string lineId);

    [LoggerMessage(9002, LogLevel.Information, "Call {CallId} was answered")]
    public static partial void CallAnswered(this ILogger<GoToCloud> log, string callId);

    [LoggerMessage(9003, LogLevel.Information, "Call {CallId} ended: {Reason}")]
    public static partial void CallEnded(this ILogger<GoToCloud> log, string callId, string reason);

    [LoggerMessage(9004, LogLevel.Information, "Call {CallId} is dialled from line {LineId}")]
    public static partial void CallDialing(this ILogger<GoToCloud> log, string callId, string lineId);

    [LoggerMessage(9005, LogLevel.Information, "Call {CallId} was transferred: {Type}")]
    public static partial void CallTransferred(this ILogger<GoToCloud> log, string callId, string type);

    [LoggerMessage(9011, LogLevel.Information, "Channel {ChannelId} was created for account {AccountKey}")]
    public static partial void ChannelCreated(this ILogger<GoToCloud> log, string channelId, string accountKey);

    [LoggerMessage(9012, LogLevel.Information, "Channel {ChannelId} is gone: {Reason}")]
    public static partial void ChannelGone(this ILogger<GoToCloud> log, string channelId, string reason);

    [LoggerMessage(9013, LogLevel.Information, "Event socket of channel {ChannelId} opened")]
    public static partial void SocketOpened(this ILogger<GoToCloud> log, string channelId);

    [LoggerMessage(9014, LogLevel.Information, "Event socket of channel {ChannelId} closed")]
    public static partial void SocketClosed(this ILogger<GoToCloud> log, string channelId);

    [LoggerMessage(9015, LogLevel.Warning, "Event {Type} had no listener")]
    public static partial void NobodyListens(this ILogger<GoToCloud> log, string type);

    [LoggerMessage(9016, LogLevel.Warning, "The scenario's '{Action}' at {AtMs} ms did nothing: {Reason}")]
    public static partial void StepRefused(this ILogger<GoToCloud> log, string action, long atMs, string reason);

    [LoggerMessage(9021, LogLevel.Error, "The simulator failed at {Path}")]
    public static partial void RequestFailed(this ILogger<GoToCloud> log, Exception failure, string path);
}
