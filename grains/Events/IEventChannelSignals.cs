namespace GoTo.Events;

/// <summary>What the cluster itself tells an event channel.</summary>
[GrainInterfaceType("event-channel-signals"), Alias("event-channel-signals")]
internal interface IEventChannelSignals : IGrainWithStringKey
{
    /// <summary>A silo died: the calls whose audio it carried have to be looked after.</summary>
    /// <param name="membershipVersion">The membership version that says so; every silo reports it, one report counts.</param>
    [Alias("silo-lost")]
    Task SiloLost(long membershipVersion);
}
