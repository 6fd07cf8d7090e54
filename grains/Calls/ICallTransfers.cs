namespace GoTo.Calls;

/// <summary>
/// What the transfers of the cluster ask of a call, beside what every service may ask. Commands like those of
/// <see cref="ICallGrain"/>, whose <see cref="ICallGrain.Outcome"/> tells what came of them.
/// </summary>
[GrainInterfaceType("call-transfers"), Alias("call-transfers")]
internal interface ICallTransfers : IGrainWithStringKey
{
    /// <summary>
    /// Connects the remote party with that of a connected consult call of the same account, and leaves both. Legal while
    /// Connected, held or not.
    /// </summary>
    [Alias("warm-transfer")]
    Task<CommandReceipt> WarmTransfer(CallKey consult, CommandId id);

    /// <summary>Makes one conversation of this call and another of the same account (resolution C13). Legal while Connected.</summary>
    [Alias("merge")]
    Task<CommandReceipt> Merge(CallKey other, CommandId id);
}
