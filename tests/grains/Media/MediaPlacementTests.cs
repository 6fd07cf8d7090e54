using System.Net;
using GoTo.Media;
using GoTo.Silos;

namespace GoTo.Grains.Tests.Media;

public sealed class MediaPlacementTests
{
    private static readonly SiloAddress[] Silos =
        [.. Enumerable.Range(0, 3).Select(i => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111 + i), 1))];

    [Fact]
    public void Calls_are_spread_by_the_room_that_each_silo_has_left()
    {
        var counts = Counts(new SiloLoad(75, 100, false), new SiloLoad(25, 100, false), new SiloLoad(400, 400, false));
        Assert.Equal([250, 750, 0], counts);
    }

    [Fact]
    public void A_silo_that_is_about_to_stop_or_has_told_nothing_takes_none_while_another_serves()
    {
        Assert.Equal([0, 0, 1000], Counts(new SiloLoad(0, 100, true), null, new SiloLoad(99, 100, false)));
        Assert.Equal([0, 0, 1000], Counts(new SiloLoad(0, 100, true), null, new SiloLoad(100, 100, false)));
    }

    [Fact]
    public void Without_room_anywhere_the_least_full_silo_takes_it()
    {
        Assert.Equal([0, 1000, 0], Counts(new SiloLoad(120, 100, false), new SiloLoad(210, 200, false), new SiloLoad(5, 0, false)));
        Assert.Equal([0, 1000, 0], Counts(new SiloLoad(0, 100, true), null, new SiloLoad(0, 100, true)));
        Assert.Equal(1000, Counts(new SiloLoad(0, 100, true), new SiloLoad(0, 100, true), new SiloLoad(0, 100, true)).Sum());
    }

    [Fact]
    public void A_grain_that_is_to_stay_goes_where_it_can()
    {
        var loads = new Dictionary<SiloAddress, SiloLoad> { [Silos[0]] = new(0, 100, true), [Silos[2]] = new(100, 100, false) };
        SiloLoad? Of(SiloAddress silo) => loads.TryGetValue(silo, out var load) ? load : null;
        Assert.Equal(Silos[2], ServingPlacementDirector.Choose(Silos, Of));
        loads.Remove(Silos[2]);
        Assert.NotEqual(Silos[0], ServingPlacementDirector.Choose(Silos, Of));
    }

    /// <summary>How many of a thousand calls each silo gets.</summary>
    private static int[] Counts(params SiloLoad?[] loads)
    {
        var chosen = Enumerable.Range(0, 1000)
            .Select(i => MediaPlacementDirector.Choose(Silos, silo => loads[Array.IndexOf(Silos, silo)], i / 1000.0)).ToList();
        return [.. Silos.Select(silo => chosen.Count(silo.Equals))];
    }
}
