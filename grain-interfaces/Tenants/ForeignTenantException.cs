namespace GoTo.Tenants;

/// <summary>
/// Whoever asks acts for one tenant, and what was asked for is not that tenant's. Nothing was changed. Ask through a client
/// that is set to the right tenant, or to none, as an operator's is.
/// </summary>
[GenerateSerializer, Alias("tenant.foreign")]
public sealed class ForeignTenantException : Exception
{
    /// <summary>A tenant reached for what is not its own.</summary>
    /// <param name="tenant">For whom it was asked.</param>
    /// <param name="what">What it reached for, such as <c>call main/abc</c>; no phone number.</param>
    public ForeignTenantException(string tenant, string what) : base($"{what} does not belong to tenant '{tenant}'.")
    {
        Tenant = tenant;
        What = what;
    }

    /// <summary>For whom it was asked.</summary>
    [Id(0)] public string Tenant { get; }

    /// <summary>What it reached for.</summary>
    [Id(1)] public string What { get; }
}
