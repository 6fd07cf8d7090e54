namespace GoTo.Calls;

/// <summary>The time limits of a call, and its place in the count of those that live.</summary>
internal sealed partial class CallGrain
{
    private IGrainTimer? _guard;
    private (TimeLimit Limit, DateTimeOffset At)? _guarded;
    private bool _counted;

    /// <summary>Sets the timer for the limit that comes next.</summary>
    private void Guard()
    {
        var next = CallGuards.Next(State, settings.Value);
        if (next == _guarded) return;
        _guarded = next;
        _guard?.Dispose();
        _guard = next is { } limit
            ? this.RegisterGrainTimer(
                _ => Perform(new CallCommand.Expire(limit.Limit)),
                new GrainTimerCreationOptions(Until(limit.At), TimeSpan.FromSeconds(30)) { Interleave = true })
            : null;
    }

    private TimeSpan Until(DateTimeOffset moment) => moment - time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero;

    /// <summary>Each silo counts the live calls whose grains it has: what a crash takes away, it takes from the count, too.</summary>
    private void Count()
    {
        if (_counted == (IsLive && !_over)) return;
        _counted = !_counted;
        metrics.Live(_counted ? 1 : -1);
    }
}
