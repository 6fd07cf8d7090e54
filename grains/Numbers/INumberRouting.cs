using Orleans.Concurrency;

namespace GoTo.Numbers;

/// <summary>A number's registration, for the cluster itself: whoever happens to have set a call going does not matter.</summary>
[GrainInterfaceType("number-routing"), Alias("number-routing")]
internal interface INumberRouting : IGrainWithStringKey
{
    /// <summary>The number's registration; null when nobody registered it.</summary>
    [AlwaysInterleave, Alias("find")]
    Task<NumberRegistration?> Find();
}

internal static class NumberRoutings
{
    public static INumberRouting Routing(this IGrainFactory grains, PhoneNumber number) =>
        grains.GetGrain<INumberRouting>(number.ToString());
}
