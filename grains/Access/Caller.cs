using GoTo.Tenants;

namespace GoTo.Access;

/// <summary>Who asks, as the client says it in the request's context: for tracing and order among friends, not proof.</summary>
internal static class Caller
{
    /// <summary>The tenant that the caller acts for; null for the cluster itself and for operators, who may see all.</summary>
    public static string? Tenant => RequestContext.Get("tenant") as string is { Length: > 0 } tenant ? tenant : null;

    /// <summary>A caller of a tenant stays with what is that tenant's.</summary>
    /// <exception cref="ForeignTenantException">It does not.</exception>
    public static void MustOwn(string? owner, string what)
    {
        if (Tenant is { } tenant && tenant != owner) throw new ForeignTenantException(tenant, what);
    }

    /// <summary>Some things are for those only who act for no tenant.</summary>
    /// <exception cref="ForeignTenantException">The caller acts for one.</exception>
    public static void MustBeOperator(string what) => MustOwn(null, what);
}
