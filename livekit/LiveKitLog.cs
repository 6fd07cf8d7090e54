using GoTo.LiveKit.Protocol;
using Microsoft.Extensions.Logging;

namespace GoTo.LiveKit;

/// <summary>What a room participant logs.</summary>
internal static partial class LiveKitLog
{
    [LoggerMessage(1, LogLevel.Information, "{Name}: joined room {Room} as {Identity} ({Sid}) in {Elapsed} ms")]
    public static partial void Joined(
        this ILogger<RoomParticipant> logger, string name, string room, string identity, string sid, double elapsed);

    [LoggerMessage(2, LogLevel.Information, "{Name}: out of the room: {Cause}, {Reason}, {Action}. {Detail}")]
    public static partial void Disconnected(
        this ILogger<RoomParticipant> logger, string name, RoomDisconnectCause cause, DisconnectReason reason,
        LeaveRequest.Types.Action action, string detail);

    [LoggerMessage(3, LogLevel.Debug, "{Name}: {Identity} {Change}, {State}")]
    public static partial void Participant(
        this ILogger<RoomParticipant> logger, string name, string identity, ParticipantChange change,
        ParticipantInfo.Types.State state);

    [LoggerMessage(4, LogLevel.Debug, "{Name}: subscribed to {Track} of {Identity}")]
    public static partial void Subscribed(
        this ILogger<RoomParticipant> logger, string name, string track, string identity);

    [LoggerMessage(5, LogLevel.Debug, "{Name}: no longer subscribed to {Track} of {Identity}")]
    public static partial void Unsubscribed(
        this ILogger<RoomParticipant> logger, string name, string track, string identity);

    [LoggerMessage(6, LogLevel.Debug, "{Name}: answer {Id} ignored, the outstanding offer is {Outstanding}")]
    public static partial void StaleAnswer(
        this ILogger<RoomParticipant> logger, string name, uint id, uint outstanding);

    [LoggerMessage(7, LogLevel.Warning, "{Name}: the server refused a request: {Reason} {Text}")]
    public static partial void RequestRefused(
        this ILogger<RoomParticipant> logger, string name, RequestResponse.Types.Reason reason, string text);

    [LoggerMessage(8, LogLevel.Error, "{Name}: the handler of a room event failed")]
    public static partial void HandlerFailed(this ILogger<RoomParticipant> logger, string name, Exception error);

    [LoggerMessage(9, LogLevel.Error, "{Name}: the signalling loop failed")]
    public static partial void LoopFailed(this ILogger<RoomParticipant> logger, string name, Exception error);

    [LoggerMessage(10, LogLevel.Warning, "{Name}: data dropped, the others send faster than it can be dealt with")]
    public static partial void DataDropped(this ILogger<RoomParticipant> logger, string name);

    [LoggerMessage(11, LogLevel.Warning, "{Name}: a data packet is malformed")]
    public static partial void DataMalformed(this ILogger<RoomParticipant> logger, string name);

    [LoggerMessage(12, LogLevel.Error, "The method {Method} failed")]
    public static partial void RpcFailed(this ILogger logger, string method, Exception error);

    [LoggerMessage(13, LogLevel.Debug, "A data packet was not sent: {Why}")]
    public static partial void DataNotSent(this ILogger logger, string why);

    [LoggerMessage(14, LogLevel.Warning, "{Name}: the signalling is lost ({Cause}: {Detail}), resuming")]
    public static partial void Resuming(
        this ILogger<RoomParticipant> logger, string name, RoomDisconnectCause cause, string detail);

    [LoggerMessage(15, LogLevel.Information, "{Name}: resumed after {Milliseconds:0} ms, attempt {Attempt}")]
    public static partial void Resumed(
        this ILogger<RoomParticipant> logger, string name, double milliseconds, int attempt);

    [LoggerMessage(16, LogLevel.Warning, "{Name}: the session is lost ({Cause}, {Reason}: {Detail}), joining anew")]
    public static partial void Reconnecting(
        this ILogger<RoomParticipant> logger, string name, RoomDisconnectCause cause, DisconnectReason reason, string detail);

    [LoggerMessage(17, LogLevel.Information, "{Name}: in the room again as {Sid} after {Milliseconds:0} ms, attempt {Attempt}")]
    public static partial void Reconnected(
        this ILogger<RoomParticipant> logger, string name, string sid, double milliseconds, int attempt);

    [LoggerMessage(18, LogLevel.Warning, "{Name}: an ICE server of the room server is left out. {Detail}")]
    public static partial void IceServerNotUsable(this ILogger<RoomParticipant> logger, string name, string detail);
}
