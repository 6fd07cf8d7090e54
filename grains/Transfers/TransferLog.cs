using Microsoft.Extensions.Logging;

namespace GoTo.Transfers;

/// <summary>What a transfer logs; event ids 1400 to 1499. Never a phone number.</summary>
internal static partial class TransferLog
{
    [LoggerMessage(1400, LogLevel.Information, "Warm transfer {Transfer}: {Event}")]
    public static partial void Happened(this ILogger<WarmTransferGrain> logger, TransferKey transfer, string @event);

    [LoggerMessage(1401, LogLevel.Warning, "Warm transfer {Transfer} was {Phase} when its grain was lost; it goes on")]
    public static partial void Recovered(this ILogger<WarmTransferGrain> logger, TransferKey transfer, TransferPhase phase);

    [LoggerMessage(1402, LogLevel.Error, "Warm transfer {Transfer}: {Effect} failed unexpectedly; it is done again")]
    public static partial void EffectFailed(
        this ILogger<WarmTransferGrain> logger, TransferKey transfer, TransferEffect effect, Exception failure);

    [LoggerMessage(1403, LogLevel.Warning, "Warm transfer {Transfer} could not look at its calls. {Detail}")]
    public static partial void NotLooked(this ILogger<WarmTransferGrain> logger, TransferKey transfer, string detail);
}
