using GoTo.Tenants;

namespace GoTo.Client;

/// <summary>The tenants: what they use, and what they may.</summary>
public interface ITenants
{
    /// <summary>The names of the tenants that have, or had, a number, in order.</summary>
    Task<IReadOnlyList<string>> List();

    /// <summary>A tenant's quotas and its live calls.</summary>
    /// <exception cref="ForeignTenantException">It is another tenant than the client's.</exception>
    Task<TenantSnapshot> Get(string tenant);

    /// <summary>Sets what a tenant may use. Calls that live are left alone.</summary>
    /// <exception cref="InvalidQuotasException">A quota is negative; nothing was changed.</exception>
    /// <exception cref="ForeignTenantException">The client acts for a tenant: quotas are the operator's.</exception>
    Task SetQuotas(string tenant, TenantQuotas quotas);
}

internal sealed class TenantsClient(IGrainFactory grains) : ITenants
{
    public Task<IReadOnlyList<string>> List() => grains.TenantDirectory().List();

    public Task<TenantSnapshot> Get(string tenant) => grains.Tenant(tenant).Describe();

    public Task SetQuotas(string tenant, TenantQuotas quotas) => grains.Tenant(tenant).SetQuotas(quotas);
}
