using GoTo.Tenants;

namespace GoTo.Numbers;

/// <summary>What a number tells the tenant whose it is, or was. Get it by <see cref="NumberOwners.NumberOwner"/>.</summary>
[GrainInterfaceType("number-owner"), Alias("number-owner")]
internal interface INumberOwner : IGrainWithStringKey
{
    /// <summary>The number may be this tenant's from now on. Told before it is registered, so that no list lacks it.</summary>
    [Alias("add-number")]
    Task AddNumber(PhoneNumber number);

    /// <summary>The number is this tenant's no longer.</summary>
    [Alias("remove-number")]
    Task RemoveNumber(PhoneNumber number);
}

internal static class NumberOwners
{
    /// <summary>The tenant as the owner of numbers.</summary>
    public static INumberOwner NumberOwner(this IGrainFactory grains, string tenant) =>
        grains.GetGrain<INumberOwner>(TenantGrains.Prefix + tenant);
}
