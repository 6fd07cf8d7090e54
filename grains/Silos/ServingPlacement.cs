using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace GoTo.Silos;

/// <summary>For grains that are to stay: on any silo that is not about to stop.</summary>
[GenerateSerializer, Immutable]
internal sealed class ServingPlacement : PlacementStrategy;

/// <inheritdoc cref="ServingPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ServingPlacementAttribute() : PlacementAttribute(new ServingPlacement());

internal sealed class ServingPlacementDirector(SiloLoads loads) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? Choose(silos, loads.Of));
    }

    /// <summary>One that has told that it serves; else one that has told nothing; else any.</summary>
    internal static SiloAddress Choose(SiloAddress[] silos, Func<SiloAddress, SiloLoad?> load)
    {
        var best = silos.GroupBy(silo => load(silo) switch { { Draining: false } => 0, null => 1, _ => 2 }).MinBy(group => group.Key)!.ToArray();
        return best[Random.Shared.Next(best.Length)];
    }
}
