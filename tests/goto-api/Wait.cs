namespace GoTo.Api.Tests;

internal static class Wait
{
    /// <summary>Waits for a condition of another process's state, which cannot announce itself.</summary>
    public static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
