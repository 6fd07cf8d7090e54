using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Peer;

internal static partial class PeerLog
{
    [LoggerMessage(120, LogLevel.Information, "Peer {Peer} is {State}. {Reason}")]
    public static partial void StateChanged(
        this ILogger logger, string peer, PeerState state, PeerReason? reason);

    [LoggerMessage(121, LogLevel.Error, "An event handler of peer {Peer} threw, which it must not.")]
    public static partial void EventHandlerFailed(this ILogger logger, Exception error, string peer);

    [LoggerMessage(122, LogLevel.Debug, "Peer {Peer}: ICE is connected to {Remote} after {Elapsed}.")]
    public static partial void IceConnected(
        this ILogger logger, string peer, Ice.IcePath remote, TimeSpan elapsed);

    [LoggerMessage(123, LogLevel.Debug, "Peer {Peer}: DTLS is complete with {Profile} after {Elapsed}.")]
    public static partial void DtlsConnected(
        this ILogger logger, string peer, SrtpProfile profile, TimeSpan elapsed);

    [LoggerMessage(124, LogLevel.Debug, "Peer {Peer}: remote candidate not used: {Result}.")]
    public static partial void CandidateNotUsed(this ILogger logger, string peer, Ice.IceCandidateResult result);

    [LoggerMessage(125, LogLevel.Information, "Peer {Peer}: ICE has restarted and is connected to {Remote}.")]
    public static partial void IceRestarted(this ILogger logger, string peer, Ice.IcePath remote);

    [LoggerMessage(126, LogLevel.Warning, "Peer {Peer}: the ICE restart found no working path; the old one stays.")]
    public static partial void IceRestartFailed(this ILogger logger, string peer);

    [LoggerMessage(127, LogLevel.Warning, "Peer {Peer}: no candidate by ICE server {Url}. {Reason}")]
    public static partial void IceServerFailed(this ILogger logger, string peer, string url, string reason);
}
