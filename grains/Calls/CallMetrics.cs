using System.Diagnostics.Metrics;

namespace GoTo.Calls;

/// <summary>The meter <c>GoTo.Calls</c>.</summary>
internal sealed class CallMetrics
{
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly UpDownCounter<long> _live;
    private readonly Histogram<double> _setUp;

    public CallMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("GoTo.Calls");
        _started = meter.CreateCounter<long>("goto.calls.started", "{call}", "Calls that began to ring");
        _ended = meter.CreateCounter<long>("goto.calls.ended", "{call}", "Calls that ended, by reason");
        _live = meter.CreateUpDownCounter<long>("goto.calls.live", "{call}", "Calls that have not ended");
        _setUp = meter.CreateHistogram<double>("goto.calls.setup", "s", "From call.ringing to the first audio of the agent");
    }

    /// <param name="happened">What was just journaled.</param>
    /// <param name="state">The call after it.</param>
    /// <param name="at">When.</param>
    public void Observe(CallEvent happened, CallState state, DateTimeOffset at)
    {
        switch (happened)
        {
            case Rang:
                _started.Add(1);
                _live.Add(1);
                break;
            case AudioStarted { Direction: AudioDirection.FromAgent }:
                _setUp.Record((at - state.CreatedAt).TotalSeconds);
                break;
            case Ended e:
                _ended.Add(1, new KeyValuePair<string, object?>("reason", e.Reason.ToString()));
                _live.Add(-1);
                break;
        }
    }
}
