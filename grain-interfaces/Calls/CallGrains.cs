using GoTo.Accounts;
using GoTo.Numbers;

namespace GoTo.Calls;

/// <summary>Grains by what they stand for, so that callers never build a key.</summary>
public static class CallGrains
{
    /// <summary>The grain of a call.</summary>
    public static ICallGrain Call(this IGrainFactory grains, CallKey key) => grains.GetGrain<ICallGrain>(key.ToString());

    /// <summary>The registry's entry of a number.</summary>
    public static IPhoneNumberGrain PhoneNumber(this IGrainFactory grains, PhoneNumber number) =>
        grains.GetGrain<IPhoneNumberGrain>(number.ToString());

    /// <summary>The event channel of an account.</summary>
    public static IEventChannelGrain EventChannel(this IGrainFactory grains, string account) =>
        grains.GetGrain<IEventChannelGrain>(account);
}
