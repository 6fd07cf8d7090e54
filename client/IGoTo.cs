using GoTo.Accounts;
using GoTo.Calls;

namespace GoTo.Client;

/// <summary>The cluster as other services see it. Get it from the services after <c>AddGoToClient()</c>.</summary>
public interface IGoTo
{
    /// <summary>The calls.</summary>
    ICalls Calls { get; }

    /// <summary>The registry of numbers.</summary>
    INumbers Numbers { get; }

    /// <summary>The tenants and their quotas.</summary>
    ITenants Tenants { get; }

    /// <summary>What is on record of calls that have ended, and of who did what.</summary>
    IRecords Records { get; }

    /// <summary>How the event channel of an account stands: connected or not, and what last went wrong.</summary>
    /// <param name="account">The account's name in the cluster's configuration.</param>
    Task<EventChannelSnapshot> Channel(string account);
}

/// <summary>Calls, from any process that reaches the cluster.</summary>
public interface ICalls
{
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

    /// <summary>Ends a call; <see cref="Ended"/> on its journal says that it has happened.</summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    /// <exception cref="CallTransitionException">The call is over.</exception>
    Task HangUp(CallKey call, HangUpReason reason = HangUpReason.Normal, CancellationToken cancellationToken = default);
}
