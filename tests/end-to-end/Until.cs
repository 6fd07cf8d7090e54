using System.Net;
using System.Net.Sockets;

namespace GoTo.EndToEnd.Tests;

/// <summary>Waits with a deadline, and says what did not happen by then.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Waits for what another process does, which nothing here can signal: looks again and again.</summary>
    /// <param name="condition">Looks. What it throws is thrown on, a cancellation of its own too.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="what">What is waited for.</param>
    /// <param name="seen">Says what was seen last, for whoever reads why it failed.</param>
    public static async Task True(Func<Task<bool>> condition, TimeSpan limit, string what, Func<string>? seen = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(limit);
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (!await condition().WaitAsync(deadline.Token)) await timer.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}.{(seen is null ? "" : $" Seen last: {seen()}.")}", e);
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
