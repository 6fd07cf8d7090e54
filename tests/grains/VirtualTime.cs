using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Grains.Tests;

/// <summary>
/// Runs asynchronous code on one thread and a clock of its own: whatever follows an await comes back here and is done
/// before the clock goes on, so a run is the same every time.
/// </summary>
internal sealed class VirtualTime : SynchronizationContext
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public FakeTimeProvider Clock { get; } = new();

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    /// <summary>Starts something and lets the clock run for so long.</summary>
    public void Run(Action start, TimeSpan duration)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            start();
            Settle();
            for (var passed = TimeSpan.Zero; passed < duration; passed += Step)
            {
                Clock.Advance(Step);
                Settle();
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private void Settle()
    {
        while (_posted.TryDequeue(out var next)) next.Callback(next.State);
    }
}
