namespace GoTo.Tenants;

/// <summary>Tenants' grains by what they stand for, so that callers never build a key.</summary>
public static class TenantGrains
{
    /// <summary>The key of the one directory.</summary>
    public const string Directory = "tenants";

    /// <summary>Before every tenant's name: storage does not keep keys apart that read as the same number.</summary>
    public const string Prefix = "tenant-";

    /// <summary>The grain of a tenant.</summary>
    public static ITenantGrain Tenant(this IGrainFactory grains, string tenant) => grains.GetGrain<ITenantGrain>(Prefix + tenant);

    /// <summary>The directory of all tenants.</summary>
    public static ITenantDirectoryGrain TenantDirectory(this IGrainFactory grains) =>
        grains.GetGrain<ITenantDirectoryGrain>(Directory);
}
