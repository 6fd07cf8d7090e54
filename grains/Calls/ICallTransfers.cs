using Orleans.Concurrency;

namespace GoTo.Calls;

/// <summary>
/// What the transfers of the cluster ask of a call, beside what every service may ask. Commands like those of
/// <see cref="ICallGrain"/>, whose <see cref="ICallGrain.Outcome"/> tells what came of them.
/// </summary>
[GrainInterfaceType("call-transfers"), Alias("call-transfers")]
internal interface ICallTransfers : IGrainWithStringKey
{
    /// <summary>
    /// The call is worked with by a transfer or conference, which hears of all that happens to it
    /// (<see cref="ICallFollower"/>), until it is released. Legal while Dialing or Connected; the same again changes nothing.
    /// </summary>
    /// <param name="by">The key of the transfer or conference: its grain is an <see cref="ICallFollower"/>.</param>
    /// <exception cref="CallTransitionException">It is in another phase, is leaving, or is claimed by another one.</exception>
    [Alias("claim")]
    Task Claim(string by);

    /// <summary>The call is free again. Legal always; changes nothing unless it is claimed by this one.</summary>
    [Alias("release")]
    Task Release(string by);

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

/// <summary>Who works with a call: its grain hears of what happens to it.</summary>
[GrainInterfaceType("call-follower"), Alias("call-follower")]
internal interface ICallFollower : IGrainWithStringKey
{
    /// <summary>
    /// Something has happened to a call: look at it. Only a hint, which can be lost; it also wakes a follower whose silo died.
    /// </summary>
    [OneWay, AlwaysInterleave, Alias("look-at")]
    Task LookAt(CallKey call);
}
