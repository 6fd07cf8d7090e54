using GoTo.WebRtc.Dtls;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

public sealed class HandshakePoolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_runs_on_dedicated_threads_and_waits_when_all_are_busy()
    {
        using var pool = new HandshakePool(maxThreads: 2, maxQueued: 1);
        using var started = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        using var done = new SemaphoreSlim(0);
        var pooled = new List<bool>();
        void Work()
        {
            lock (pooled) pooled.Add(Thread.CurrentThread.IsThreadPoolThread);
            started.Release();
            release.Wait(Cancellation);
            done.Release();
        }

        Assert.True(pool.TryRun(Work));
        Assert.True(await started.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.True(pool.TryRun(Work));
        Assert.True(await started.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.True(pool.TryRun(Work)); // waits
        Assert.False(pool.TryRun(Work)); // no room
        Assert.Equal(2, pool.Threads);

        release.Set();
        for (var i = 0; i < 3; i++) Assert.True(await done.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.Equal([false, false, false], pooled);
    }

    [Fact]
    public async Task A_thread_serves_again_and_again()
    {
        using var pool = new HandshakePool(maxThreads: 1);
        using var done = new SemaphoreSlim(0);
        var threads = new HashSet<int>();

        for (var i = 0; i < 20; i++)
        {
            Assert.True(pool.TryRun(() =>
            {
                lock (threads) threads.Add(Environment.CurrentManagedThreadId);
                done.Release();
            }));
            Assert.True(await done.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        }

        Assert.Single(threads);
    }

    [Fact]
    public void A_disposed_pool_takes_no_work()
    {
        var pool = new HandshakePool();
        pool.Dispose();

        Assert.False(pool.TryRun(() => { }));
    }
}
