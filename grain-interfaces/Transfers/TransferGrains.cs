using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>Transfers and conferences by what they stand for, so that callers never build a key.</summary>
public static class TransferGrains
{
    /// <summary>The grain of a warm transfer.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="call">The caller's call.</param>
    /// <param name="command">The caller's own id of the transfer: the same id again is the same transfer.</param>
    public static IWarmTransferGrain WarmTransfer(this IGrainFactory grains, CallKey call, CommandId command) =>
        grains.WarmTransfer(new TransferKey(call, command));

    /// <summary>The grain of a warm transfer.</summary>
    public static IWarmTransferGrain WarmTransfer(this IGrainFactory grains, TransferKey transfer) =>
        grains.GetGrain<IWarmTransferGrain>(transfer.ToString());

    /// <summary>The grain of a conference.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="call">The call that it begins with.</param>
    /// <param name="command">The caller's own id of the conference: the same id again is the same conference.</param>
    public static IConferenceGrain Conference(this IGrainFactory grains, CallKey call, CommandId command) =>
        grains.GetGrain<IConferenceGrain>(new ConferenceId(call, command).ToString());

    /// <summary>Waits until a transfer is over. Goes on by itself when the silo that was asked dies.</summary>
    /// <exception cref="TransferNotFoundException">Nobody has begun this transfer.</exception>
    public static Task<TransferOutcome> WhenOver(this IWarmTransferGrain transfer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        return CallGrains.AskUntilTold(() => transfer.Outcome(cancellationToken), cancellationToken);
    }
}
