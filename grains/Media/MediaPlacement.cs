using GoTo.Silos;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace GoTo.Media;

/// <summary>For the audio of calls: on the silos by how much room each has left, and on none that is about to stop.</summary>
[GenerateSerializer, Immutable]
internal sealed class MediaPlacement : PlacementStrategy;

/// <inheritdoc cref="MediaPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MediaPlacementAttribute() : PlacementAttribute(new MediaPlacement());

internal sealed class MediaPlacementDirector(SiloLoads loads) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(
            IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? Choose(silos, loads.Of, Random.Shared.NextDouble()));
    }

    /// <summary>
    /// A silo by lot, weighted by its room: what is known of the others is up to a second old, and the best one of a second
    /// ago would get all the calls of that second. Nobody is refused: when there is no room anywhere the least full silo
    /// takes the call, and one that is about to stop only when there is no other.
    /// </summary>
    /// <param name="silos">Those that could.</param>
    /// <param name="load">What is known of each.</param>
    /// <param name="lot">From 0 to less than 1.</param>
    internal static SiloAddress Choose(SiloAddress[] silos, Func<SiloAddress, SiloLoad?> load, double lot)
    {
        var left = lot * silos.Sum(silo => (long)(load(silo)?.Room ?? 0));
        foreach (var silo in silos)
        {
            if (load(silo) is { Room: > 0 and var room } && (left -= room) < 0) return silo;
        }
        return silos.MinBy(silo => load(silo) switch
        {
            { Draining: false } known => (1 + known.Calls) / Math.Max(known.MostCalls, 0.5),
            null => double.MaxValue / 2,
            _ => double.MaxValue,
        })!;
    }
}
