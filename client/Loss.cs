using Orleans.Runtime.Messaging;

namespace GoTo.Client;

/// <summary>Silos come and go: what tells that one is gone, and how to ask another.</summary>
internal static class Loss
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Whoever was asked may be gone; what was asked may have been done.</summary>
    public static bool Is(Exception e) =>
        e is OrleansMessageRejectionException or ConnectionFailedException or EnumerationAbortedException or TimeoutException;

    /// <summary>Asks again until somebody answers. Only what may be done twice may be asked so.</summary>
    public static async Task<T> Outlive<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask().WaitAsync(cancellationToken);
            }
            catch (Exception e) when (Is(e))
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>As above, where there is nothing to be told.</summary>
    public static Task Outlive(Func<Task> ask, CancellationToken cancellationToken) => Outlive(
        async () =>
        {
            await ask();
            return true;
        },
        cancellationToken);
}
