using GoTo.Calls;
using Orleans.Concurrency;

namespace GoTo.Events;

/// <summary>What the cluster itself tells an event channel.</summary>
[GrainInterfaceType("event-channel-signals"), Alias("event-channel-signals")]
internal interface IEventChannelSignals : IGrainWithStringKey
{
    /// <summary>A silo died: the calls whose audio it carried have to be looked after.</summary>
    /// <param name="membershipVersion">The membership version that says so; every silo reports it, one report counts.</param>
    [Alias("silo-lost")]
    Task SiloLost(long membershipVersion);

    /// <summary>
    /// This silo is about to stop. If the channel is there it moves to another one, and what its socket delivers until the
    /// new one stands is handed on by <see cref="FormerChannels"/>.
    /// </summary>
    [AlwaysInterleave, Alias("leave")]
    Task Leave(SiloAddress silo);

    /// <summary>A dial of the account is about to be made: it is kept awake until it is settled.</summary>
    [Alias("expect")]
    Task Expect(string dial);

    /// <summary>This call is ours: it lives from now on.</summary>
    [Alias("adopt")]
    Task Adopt(CallKey call);

    /// <summary>The call is over and its record written: nobody has to attend to it any longer. A hint; who attends finds out, too.</summary>
    [OneWay, AlwaysInterleave, Alias("finished")]
    Task Finished(CallKey call);

    /// <summary>Calls that GoTo has told of since a time, and that nobody has adopted or heard ring.</summary>
    [Alias("unclaimed")]
    Task<IReadOnlyList<CallKey>> Unclaimed(DateTimeOffset since);
}
