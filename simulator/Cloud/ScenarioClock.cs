namespace GoTo.Simulator.Cloud;

/// <summary>
/// A clock that goes as fast as the real one, but whose timers see exactly the moment for which they were set, in that
/// order and one at a time, however late the machine lets them go off: what they write down is the same in every run.
/// </summary>
/// <param name="start">Where it stands until <see cref="Begin"/>.</param>
public sealed class ScenarioClock(DateTimeOffset start) : TimeProvider
{
    [ThreadStatic]
    private static long? _timerMoment;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(Timer Timer, int Version), (long Due, long Order)> _due = new();
    private long _order;
    private long? _begun;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _timerMoment ?? Passed;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start.AddTicks(GetTimestamp());

    private long Passed
    {
        get
        {
            lock (_gate)
                return _begun is { } begun ? System.GetElapsedTime(begun).Ticks : 0;
        }
    }

    /// <summary>Lets time pass, until cancelled.</summary>
    public async Task Begin(CancellationToken cancellation)
    {
        lock (_gate)
            _begun = System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        try
        {
            while (await tick.WaitForNextTickAsync(cancellation))
            {
                var passed = Passed;
                while (Next(passed) is var (timer, due))
                    timer.GoOff(due);
            }
        }
        catch (OperationCanceledException)
        {
            // It stands still again, and nobody looks at it.
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private (Timer Timer, long Due)? Next(long until)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var next, out var when) && when.Due <= until)
            {
                _due.Dequeue();
                if (next.Version == next.Timer.Version)
                    return (next.Timer, when.Due);
            }

            return null;
        }
    }

    private sealed class Timer(ScenarioClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var now = clock.GetTimestamp();
            lock (clock._gate)
            {
                Version++;
                _period = period;
                if (dueTime >= TimeSpan.Zero)
                    clock._due.Enqueue((this, Version), (now + dueTime.Ticks, clock._order++));
                return true;
            }
        }

        public void GoOff(long due)
        {
            _timerMoment = due;
            try
            {
                if (_period > TimeSpan.Zero)
                    Change(_period, _period);
                callback(state);
            }
            finally
            {
                _timerMoment = null;
            }
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
