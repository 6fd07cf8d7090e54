using GoTo.Access;
using GoTo.Numbers;
using Microsoft.Extensions.Options;

namespace GoTo.Tenants;

[GrainType("tenant-directory")]
internal sealed class TenantDirectoryGrain(
    [PersistentState("tenant-directory", "calls")] IPersistentState<StoredTenants> stored, IOptions<NumberSettings> settings)
    : Grain, ITenantDirectoryGrain, ITenantDirectoryEntries
{
    public Task<IReadOnlyList<string>> List() => Task.FromResult<IReadOnlyList<string>>([.. stored.State.Names
        .Union(settings.Value.Numbers.Select(number => number.Tenant))
        .Where(name => Caller.Tenant is not { } own || name == own).Order(StringComparer.Ordinal)]);

    public async Task Add(string tenant)
    {
        if (stored.State.Names.Contains(tenant)) return;
        var before = stored.State;
        stored.State = new StoredTenants { Names = [.. before.Names, tenant] };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}

/// <summary>What is stored of the directory.</summary>
internal sealed record StoredTenants
{
    public IReadOnlyList<string> Names { get; init; } = [];
}
