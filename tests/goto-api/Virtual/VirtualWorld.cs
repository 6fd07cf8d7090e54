using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace GoTo.Api.Tests;

/// <summary>
/// One thread and a clock of its own for client and cloud together: whatever follows an await is done here before the
/// clock goes on, so an hour takes seconds and one seed makes one run.
/// </summary>
internal sealed class VirtualWorld : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private TaskScheduler? _scheduler;

    public VirtualClock Clock { get; } = new();

    /// <summary>Runs tasks here.</summary>
    public TaskScheduler Scheduler => _scheduler
        ?? throw new InvalidOperationException("The world has not begun.");

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    public void Do(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            _scheduler ??= TaskScheduler.FromCurrentSynchronizationContext();
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan duration)
    {
        var until = Clock.Passed + duration;
        do
        {
            Settle();
        }
        while (Outside(() => Clock.GoOn(until)));
    }

    /// <summary>Lets time pass until a task is done, wherever it goes on meanwhile.</summary>
    public void Run(Task task, TimeSpan limit)
    {
        var until = Clock.Passed + limit;
        while (!task.IsCompleted)
        {
            Settle();
            if (!task.IsCompleted && !Outside(() => Clock.GoOn(until)))
            {
                var more = SpinWait.SpinUntil(() => task.IsCompleted || !_posted.IsEmpty, TimeSpan.FromSeconds(20));
                Assert.True(more, "it did not end in time");
                until += limit;
            }
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Does something without this context: libraries that do not care where they go on then go on right here, and not
    /// on another thread.
    /// </summary>
    public static T Outside<T>(Func<T> action)
    {
        var before = Current;
        SetSynchronizationContext(null);
        try
        {
            return action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Goes on in this context, wherever one is.</summary>
    public Entry Enter() => new(this);

    private void Settle()
    {
        while (_posted.TryDequeue(out var next))
            Do(() => next.Callback(next.State));
    }

    public readonly struct Entry(VirtualWorld world) : INotifyCompletion
    {
        public bool IsCompleted => Current == world;

        public Entry GetAwaiter() => this;

        public void OnCompleted(Action continuation) => world.Post(_ => continuation(), null);

        public void GetResult()
        {
        }
    }
}
