using GoTo.Calls;
using GoTo.Numbers;
using Orleans.Concurrency;

namespace GoTo.Tenants;

/// <summary>
/// A tenant: its numbers, its live calls, its quotas. A tenant exists as soon as it is named; get its grain by
/// <see cref="TenantGrains.Tenant"/>. A caller that acts for a tenant sees only that one.
/// </summary>
[GrainInterfaceType("tenant"), Alias("tenant")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>The tenant as it stands now.</summary>
    /// <exception cref="ForeignTenantException">The caller acts for another tenant.</exception>
    [AlwaysInterleave, Alias("describe")]
    Task<TenantSnapshot> Describe();

    /// <summary>The tenant's numbers, in order.</summary>
    /// <exception cref="ForeignTenantException">The caller acts for another tenant.</exception>
    [AlwaysInterleave, Alias("numbers")]
    Task<IReadOnlyList<RegisteredNumber>> Numbers();

    /// <summary>Sets what the tenant may use. Calls that live are left alone, also when they are too many by now.</summary>
    /// <exception cref="InvalidQuotasException">A quota is negative; nothing was changed.</exception>
    /// <exception cref="ForeignTenantException">The caller acts for a tenant: quotas are the operator's.</exception>
    [Alias("set-quotas")]
    Task SetQuotas(TenantQuotas quotas);

    /// <summary>
    /// The tenant's calls that came after version <paramref name="after"/>, those that live first, then each new one as it
    /// is admitted. Completes when nothing has happened for two seconds: to go on, pass the last version seen. A call can
    /// come twice, after a crash; <c>IGoTo.Watch</c> sees to that, and follows each call's journal.
    /// </summary>
    /// <exception cref="ForeignTenantException">The caller acts for another tenant.</exception>
    [AlwaysInterleave, Alias("watch")]
    IAsyncEnumerable<TenantCall> Watch(long after, CancellationToken cancellationToken = default);
}

/// <summary>The tenants that have, or had, a number. Key: <see cref="TenantGrains.Directory"/>.</summary>
[GrainInterfaceType("tenant-directory"), Alias("tenant-directory")]
public interface ITenantDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The tenants' names, in order. A caller that acts for a tenant sees its own only.</summary>
    [AlwaysInterleave, Alias("list")]
    Task<IReadOnlyList<string>> List();
}

/// <summary>A tenant as it stands now.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="Quotas">What it may use.</param>
/// <param name="LiveCalls">Its calls that have not ended.</param>
/// <param name="DialsThisMinute">How many calls it has placed within the last 60 s.</param>
[GenerateSerializer, Immutable, Alias("tenant.snapshot")]
public sealed record TenantSnapshot(string Tenant, TenantQuotas Quotas, IReadOnlyList<TenantCall> LiveCalls, int DialsThisMinute);

/// <summary>A call of a tenant.</summary>
/// <param name="Version">Grows with every call; to be passed to <see cref="ITenantGrain.Watch"/>.</param>
/// <param name="Call">Which call.</param>
/// <param name="Number">The tenant's number that it came to, or was placed from; empty when none.</param>
/// <param name="At">When it was admitted, or found alive after a crash.</param>
[GenerateSerializer, Immutable, Alias("tenant.call")]
public sealed record TenantCall(long Version, CallKey Call, string Number, DateTimeOffset At);

/// <summary>What a tenant may use. Null is without limit; zero is none at all.</summary>
[GenerateSerializer, Immutable, Alias("tenant.quotas")]
public sealed record TenantQuotas
{
    /// <summary>How many calls may live at once, both directions together.</summary>
    [Id(0)] public int? ConcurrentCalls { get; init; }

    /// <summary>How many calls may be placed within any 60 s.</summary>
    [Id(1)] public int? DialsPerMinute { get; init; }
}

/// <summary>Which limit a call would break.</summary>
public enum Quota
{
    /// <summary><see cref="TenantQuotas.ConcurrentCalls"/>.</summary>
    ConcurrentCalls,

    /// <summary><see cref="TenantQuotas.DialsPerMinute"/>.</summary>
    DialsPerMinute,

    /// <summary><see cref="NumberRegistration.ConcurrentCalls"/>.</summary>
    ConcurrentCallsOfNumber,
}
