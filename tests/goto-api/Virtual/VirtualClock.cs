namespace GoTo.Api.Tests;

/// <summary>A clock that stands still until the next timer is due, and then jumps there.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 16, 10, 30, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(Timer Timer, int Version), (long Due, long Order)> _due = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Passed => new(_now);

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on to the next timer and lets it go off; false when there is none before a moment.</summary>
    public bool GoOn(TimeSpan until)
    {
        Timer timer;
        lock (_gate)
        {
            while (true)
            {
                if (!_due.TryPeek(out var next, out var when) || when.Due > until.Ticks)
                {
                    _now = Math.Max(_now, until.Ticks);
                    return false;
                }

                _due.Dequeue();
                if (next.Version != next.Timer.Version)
                    continue;
                _now = Math.Max(_now, when.Due);
                timer = next.Timer;
                break;
            }
        }

        timer.GoOff();
        return true;
    }

    private sealed class Timer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                Version++;
                _period = period;
                if (dueTime >= TimeSpan.Zero)
                    clock._due.Enqueue((this, Version), (clock._now + dueTime.Ticks, clock._order++));
                return true;
            }
        }

        public void GoOff()
        {
            if (_period > TimeSpan.Zero)
                Change(_period, _period);
            callback(state);
        }

        public void Dispose()
        {
            lock (clock._gate)
                Version++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
