using Orleans.Concurrency;

namespace GoTo.Calls;

/// <summary>
/// One call, whoever placed it. Key: <see cref="CallKey"/>. Calls come into being by GoTo's events, not by this
/// interface, so there is no method that creates one.
/// </summary>
[GrainInterfaceType("call"), Alias("call")]
public interface ICallGrain : IGrainWithStringKey
{
    /// <summary>The call as it stands now. Legal in every phase.</summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    [AlwaysInterleave, Alias("describe")]
    Task<CallSnapshot> Describe();

    /// <summary>
    /// The journal's entries with a version above <paramref name="after"/>, then each new one as it is written.
    /// Completes after <see cref="Ended"/>, and whenever nothing has happened for two seconds: to go on, pass the last
    /// version seen. <c>IGoTo.Calls.Watch</c> does that by itself.
    /// </summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    /// <exception cref="JournalGapException"><paramref name="after"/> is older than the journal's oldest entry.</exception>
    [AlwaysInterleave, Alias("watch")]
    IAsyncEnumerable<CallJournalEntry> Watch(long after, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the call. Legal in every phase but Ended; a second hang-up while the first is on its way is no error.
    /// Returns once the intent is journaled: <see cref="Ended"/> on the journal says that it has happened.
    /// </summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    /// <exception cref="CallTransitionException">The call is over.</exception>
    [Alias("hang-up")]
    Task HangUp(HangUpReason reason = HangUpReason.Normal, CancellationToken cancellationToken = default);
}
