using Microsoft.Extensions.Logging;

namespace GoTo.Calls;

/// <summary>What a call logs; event ids 1000 to 1099. Never a phone number, an SDP or a token.</summary>
internal static partial class CallLog
{
    [LoggerMessage(1000, LogLevel.Information, "Call {Call}: {Event}")]
    public static partial void Happened(this ILogger<CallGrain> logger, CallKey call, string @event);

    [LoggerMessage(1001, LogLevel.Warning, "Call {Call} was {Phase} when its grain was lost; asking GoTo how it stands")]
    public static partial void Recovered(this ILogger<CallGrain> logger, CallKey call, CallPhase phase);

    [LoggerMessage(1002, LogLevel.Warning, "Call {Call}: dropped an event of channel epoch {Epoch}, since {Newer} has spoken")]
    public static partial void StaleEvent(this ILogger<CallGrain> logger, CallKey call, long epoch, long newer);

    [LoggerMessage(1003, LogLevel.Error, "Call {Call}: {Effect} failed unexpectedly; the call goes on from its journal")]
    public static partial void EffectFailed(this ILogger<CallGrain> logger, CallKey call, CallEffect effect, Exception failure);

    [LoggerMessage(1004, LogLevel.Warning, "Call {Call}: it is uncertain whether the answer arrived; asking GoTo. {Detail}")]
    public static partial void AnswerUncertain(this ILogger<CallGrain> logger, CallKey call, string detail);

    [LoggerMessage(1005, LogLevel.Warning, "Call {Call} could not be compared with GoTo. {Detail}")]
    public static partial void NotReconciled(this ILogger<CallGrain> logger, CallKey call, string detail);

    [LoggerMessage(1006, LogLevel.Warning, "Call {Call}: it is uncertain whether {Operation} was done; asking GoTo. {Detail}")]
    public static partial void OutcomeUncertain(this ILogger<CallGrain> logger, CallKey call, string operation, string detail);

    [LoggerMessage(1008, LogLevel.Warning, "Call {Call}: the phone has sent no audio for long")]
    public static partial void AudioMissing(this ILogger<CallGrain> logger, CallKey call);

    [LoggerMessage(1007, LogLevel.Warning, "Call {Call}: its audio could not be told what may pass; trying again. {Detail}")]
    public static partial void AudioNotFollowed(this ILogger<CallGrain> logger, CallKey call, string detail);
}
