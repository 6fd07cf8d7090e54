namespace GoTo.Calls;

/// <summary>What the cluster itself tells a dial.</summary>
[GrainInterfaceType("outbound-call-signals"), Alias("outbound-call-signals")]
internal interface IOutboundCallSignals : IGrainWithStringKey
{
    /// <summary>Be active, and with that take up whatever a crash left undone. False when the dial is settled.</summary>
    [Alias("attend")]
    Task<bool> Attend();
}
