using GoTo.Accounts;
using GoTo.Numbers;
using Orleans.Runtime.Messaging;

namespace GoTo.Calls;

/// <summary>Grains by what they stand for, so that callers never build a key.</summary>
public static class CallGrains
{
    private static readonly TimeSpan PauseAfterLoss = TimeSpan.FromMilliseconds(500);

    /// <summary>The grain of a call.</summary>
    public static ICallGrain Call(this IGrainFactory grains, CallKey key) => grains.GetGrain<ICallGrain>(key.ToString());

    /// <summary>The registry's entry of a number.</summary>
    public static IPhoneNumberGrain PhoneNumber(this IGrainFactory grains, PhoneNumber number) =>
        grains.GetGrain<IPhoneNumberGrain>(number.ToString());

    /// <summary>The event channel of an account.</summary>
    public static IEventChannelGrain EventChannel(this IGrainFactory grains, string account) =>
        grains.GetGrain<IEventChannelGrain>(account);

    /// <summary>
    /// Waits until a command is done, has failed, or is superseded by the end of its call. Goes on by itself when the
    /// silo that was asked dies.
    /// </summary>
    /// <exception cref="CommandNotFoundException">The call has taken no command with this id, or has forgotten it.</exception>
    public static Task<CommandOutcome> WhenSettled(this ICallGrain call, CommandId id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        return AskUntilTold(() => call.Outcome(id, cancellationToken), cancellationToken);
    }

    /// <summary>Asks a grain that waits a while and then says null, until it says more.</summary>
    internal static async Task<T> AskUntilTold<T>(Func<Task<T?>> ask, CancellationToken cancellationToken) where T : class
    {
        while (true)
        {
            try
            {
                if (await ask() is { } told) return told;
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (Exception e) when (e is OrleansMessageRejectionException or ConnectionFailedException or TimeoutException)
            {
                await Task.Delay(PauseAfterLoss, cancellationToken);
            }
        }
    }
}
