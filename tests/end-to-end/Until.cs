using System.Net;
using System.Net.Sockets;

namespace GoTo.EndToEnd.Tests;

/// <summary>Waits with a deadline, and says what did not happen by then.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Waits for what another process does, which nothing here can signal: looks again and again.</summary>
    public static async Task True(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(limit);
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (!await condition().WaitAsync(deadline.Token)) await timer.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}.");
        }
    }

    public static Task Within(this Task task, TimeSpan limit, Func<string> what) =>
        Within(Nothing(task), limit, what);

    public static Task<T> Within<T>(this Task<T> task, TimeSpan limit, string what) => Within(task, limit, () => what);

    public static async Task<T> Within<T>(this Task<T> task, TimeSpan limit, Func<string> what)
    {
        try
        {
            return await task.WaitAsync(limit, Cancellation);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what()}.");
        }
    }

    private static async Task<bool> Nothing(Task task)
    {
        await task;
        return true;
    }
}

internal static class Ports
{
    public static int Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
