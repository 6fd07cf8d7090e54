using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>What the room server logs.</summary>
internal static partial class RoomServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Room server at {Url}")]
    public static partial void Started(this ILogger<RoomServer> logger, Uri url);

    [LoggerMessage(2, LogLevel.Information, "Room {Room} ({Sid}) created")]
    public static partial void RoomCreated(this ILogger<RoomServer> logger, string room, string sid);

    [LoggerMessage(3, LogLevel.Information, "Room {Room} ({Sid}) closed: {Reason}")]
    public static partial void RoomClosed(
        this ILogger<RoomServer> logger, string room, string sid, DisconnectReason reason);

    [LoggerMessage(4, LogLevel.Information, "Room {Room}: {Identity} ({Sid}) left: {Reason}")]
    public static partial void MemberLeft(
        this ILogger<RoomServer> logger, string room, string identity, string sid, DisconnectReason reason);

    [LoggerMessage(5, LogLevel.Warning, "Room {Room}: the offer of {Identity} is refused: {Why}")]
    public static partial void OfferRefused(
        this ILogger<RoomServer> logger, string room, string identity, string why);

    [LoggerMessage(6, LogLevel.Warning, "Room {Room}: {Identity} sent a malformed message")]
    public static partial void MalformedMessage(this ILogger<RoomServer> logger, string room, string identity);

    [LoggerMessage(7, LogLevel.Information, "Worker {Worker} registered for agent \"{Agent}\"")]
    public static partial void WorkerRegistered(this ILogger<RoomServer> logger, string worker, string agent);

    [LoggerMessage(8, LogLevel.Information, "Room {Room}: agent \"{Agent}\" job {Job} given to worker {Worker}")]
    public static partial void JobAssigned(
        this ILogger<RoomServer> logger, string room, string agent, string job, string worker);

    [LoggerMessage(9, LogLevel.Debug, "Room {Room}: no worker for agent \"{Agent}\" yet")]
    public static partial void NoWorker(this ILogger<RoomServer> logger, string room, string agent);

    [LoggerMessage(10, LogLevel.Warning, "Worker {Worker} sent a malformed message")]
    public static partial void MalformedWorkerMessage(this ILogger<RoomServer> logger, string worker);

    [LoggerMessage(11, LogLevel.Information, "Room {Room}: {Identity} ({Sid}) resumed")]
    public static partial void MemberResumed(this ILogger<RoomServer> logger, string room, string identity, string sid);

    [LoggerMessage(12, LogLevel.Warning, "Webhook {Event} ({Id}) to {Target} is given up")]
    public static partial void WebhookGivenUp(this ILogger<RoomServer> logger, string @event, string id, Uri target);
}
