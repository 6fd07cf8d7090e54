using GoTo.Calls;
using GoTo.Tenants;

namespace GoTo.Client;

/// <summary>Calls, from any process that reaches the cluster.</summary>
public interface ICalls
{
    /// <summary>A call by its key: all that can be done with it. Asks nothing yet, so it is good for a call that may not exist.</summary>
    Call this[CallKey key] { get; }

    /// <summary>
    /// Places a call, and returns when GoTo has it: the phone rings, or will. The same request id again, from any process,
    /// also after a crash of either side, is the same call.
    /// </summary>
    /// <param name="account">The account's name in the cluster's configuration.</param>
    /// <param name="request">Whom to call, from where, and for whom.</param>
    /// <param name="requestId">Your own id of the dial. A new one unless given: then a repeat is another call.</param>
    /// <param name="cancellationToken">Gives up waiting; the call is placed all the same.</param>
    /// <exception cref="InvalidDialException">The request cannot be dialed, or its id stands for another one. Nothing was done.</exception>
    /// <exception cref="QuotaExceededException">The tenant has used up a quota. Nothing was done.</exception>
    /// <exception cref="ForeignTenantException">The client acts for another tenant. Nothing was done.</exception>
    /// <exception cref="DialFailedException">GoTo did not take the call, or it is unknown whether it did.</exception>
    Task<Call> Dial(string account, DialRequest request, CommandId? requestId = null, CancellationToken cancellationToken = default);

    /// <summary>An account's calls that have not ended.</summary>
    /// <param name="account">The account's name in the cluster's configuration.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<IReadOnlyList<CallSnapshot>> List(string account, CancellationToken cancellationToken = default);

    /// <summary>A call as it stands now.</summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    Task<CallSnapshot> Get(CallKey call, CancellationToken cancellationToken = default);

    /// <summary>
    /// The call's journal from the entry after <paramref name="after"/> on, live, until the call ends. Goes on by itself
    /// when the silo that it reads from dies: no entry is missed, none comes twice.
    /// </summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    /// <exception cref="JournalGapException"><paramref name="after"/> is older than the journal's oldest entry.</exception>
    IAsyncEnumerable<CallJournalEntry> Watch(CallKey call, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>Asks for a call's end; <see cref="Ended"/> on its journal says that it has happened. <see cref="Call.HangUp"/> waits for it.</summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    /// <exception cref="CallTransitionException">The call is over.</exception>
    Task HangUp(CallKey call, HangUpReason reason = HangUpReason.Normal, CancellationToken cancellationToken = default);
}
