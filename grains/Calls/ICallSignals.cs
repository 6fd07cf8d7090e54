using GoTo.Numbers;

namespace GoTo.Calls;

/// <summary>What the cluster itself tells a call. Not for other services: they use <see cref="ICallGrain"/>.</summary>
[GrainInterfaceType("call-signals"), Alias("call-signals")]
internal interface ICallSignals : IGrainWithStringKey
{
    /// <summary>
    /// An event of GoTo's, in order, with its id if it has one. Events of an older activation of the channel are dropped.
    /// </summary>
    [Alias("receive")]
    Task Receive(long channelEpoch, CallCommand command, string? cause);

    /// <summary>GoTo's <c>call.ringing</c> with its SDP offer, which is kept in memory only.</summary>
    [Alias("ring")]
    Task Ring(long channelEpoch, CallCommand.Ring ring, string? sdpOffer, string? cause);

    /// <summary>
    /// We placed this call; with GoTo's SDP offer, which is kept in memory only, and what the number that it shows means, if it is
    /// the tenant's. May be repeated. False when the call is another dial's.
    /// </summary>
    [Alias("dialed")]
    Task<bool> Dialed(string requestId, DialRequest request, string? sdpOffer, NumberRegistration? registration);

    /// <summary>GoTo's <c>call.ice_candidate</c>: another way to the phone.</summary>
    [Alias("add-candidate")]
    Task AddCandidate(long channelEpoch, string candidate);

    /// <summary>Something that the call's audio reports.</summary>
    [Alias("report")]
    Task Report(CallCommand command);

    /// <summary>Be active, and with that take up whatever a crash left undone. False when the call is over, its audio let go and its record written.</summary>
    [Alias("attend")]
    Task<bool> Attend();

    /// <summary>A silo died: see whether the call's audio died with it. Asks GoTo nothing.</summary>
    [Alias("check-audio")]
    Task CheckAudio();

    /// <summary>Compare the call with GoTo: after a reconnect of the channel, or a restart.</summary>
    [Alias("reconcile")]
    Task Reconcile();
}
