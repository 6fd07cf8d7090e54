using GoTo.Calls;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging;

namespace GoTo.Media;

/// <summary>What a call's audio logs; event ids 1200 to 1299.</summary>
internal static partial class MediaLog
{
    [LoggerMessage(1200, LogLevel.Information, "Call {Call}: the phone's audio connection is {State}. {Reason}")]
    public static partial void PhoneLeg(this ILogger logger, CallKey call, PeerState state, PeerReason? reason);

    [LoggerMessage(1201, LogLevel.Warning, "Call {Call} could not be reached by its audio. {Detail}")]
    public static partial void CallNotReached(this ILogger<MediaGrain> logger, string call, string detail);

    [LoggerMessage(1203, LogLevel.Warning, "Call {Call}: the early greeting was not heard to its end: {Detail}.")]
    public static partial void NotGreeted(this ILogger logger, CallKey call, string detail);

    [LoggerMessage(1202, LogLevel.Warning, "Call {Call}: a digit of the phone did not reach the room. {Detail}")]
    public static partial void DigitNotSent(this ILogger logger, CallKey call, string detail);

    [LoggerMessage(1205, LogLevel.Warning, "Call {Call}: it is uncertain whether an agent was dispatched; it is waited for. {Detail}")]
    public static partial void DispatchUncertain(this ILogger logger, CallKey call, string detail);

    [LoggerMessage(1204, LogLevel.Warning, "Call {Call}: the caller waits for an agent in silence. {Detail}")]
    public static partial void NotAnnounced(this ILogger logger, CallKey call, string detail);
}
