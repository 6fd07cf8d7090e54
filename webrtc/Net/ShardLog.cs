using System.Net;
using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Net;

internal static partial class ShardLog
{
    [LoggerMessage(100, LogLevel.Information, "Media shard {Index} is bound to {EndPoint} ({Socket}).")]
    public static partial void ShardBound(this ILogger logger, int index, IPEndPoint endPoint, string socket);

    [LoggerMessage(101, LogLevel.Warning,
        "Media shard at {EndPoint} got a receive buffer of {Granted} bytes of {Wanted}: bursts may be lost. "
        + "On Linux raise net.core.rmem_max and net.core.wmem_max.")]
    public static partial void ReceiveBufferSmall(this ILogger logger, IPEndPoint endPoint, int granted, int wanted);

    [LoggerMessage(102, LogLevel.Error, "Peer {Peer} is failed: an unexpected error while handling {What}.")]
    public static partial void PeerHandlingFailed(this ILogger logger, Exception error, string peer, string what);

    [LoggerMessage(103, LogLevel.Error, "A command posted to media shard {EndPoint} failed unexpectedly.")]
    public static partial void CommandFailed(this ILogger logger, Exception error, IPEndPoint endPoint);

    [LoggerMessage(104, LogLevel.Warning,
        "Peer {Peer} has taken over the remote address {Remote} from peer {Before}, which hears nothing any more. "
        + "If both are wanted, give one PeerOptions.OwnPort.")]
    public static partial void AddressTakenOver(
        this ILogger logger, string peer, string before, TransportAddress remote);

    [LoggerMessage(105, LogLevel.Warning,
        "Peer {Peer} keeps the remote address {Remote}, where it is being heard; peer {Other} does not get it. "
        + "If both are wanted, give one PeerOptions.OwnPort.")]
    public static partial void AddressKept(this ILogger logger, string peer, string other, TransportAddress remote);
}
