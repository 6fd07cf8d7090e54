using GoTo.Calls;
using GoTo.Tenants;

namespace GoTo.Client;

/// <summary>
/// Many calls at once, live: those that are there, and each new one. Every call's entries come in order, from its first one
/// on, none twice. Goes on when silos die; a call that came and went while the tenant's own silo died can be missed, and is in
/// <see cref="IRecords"/>.
/// </summary>
public interface IWatch
{
    /// <summary>All calls of a tenant.</summary>
    /// <exception cref="ForeignTenantException">It is another tenant than the client's.</exception>
    IAsyncEnumerable<WatchedEntry> Tenant(string tenant, CancellationToken cancellationToken = default);

    /// <summary>All calls of an account, whose ever they are; looked for every half second.</summary>
    /// <param name="account">The account's name in the cluster's configuration.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    IAsyncEnumerable<WatchedEntry> Account(string account, CancellationToken cancellationToken = default);
}

/// <summary>An entry of one of the calls that are watched.</summary>
/// <param name="Call">Which call.</param>
/// <param name="Entry">What happened.</param>
public sealed record WatchedEntry(CallKey Call, CallJournalEntry Entry);
