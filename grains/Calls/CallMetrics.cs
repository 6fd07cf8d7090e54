using System.Diagnostics.Metrics;

namespace GoTo.Calls;

/// <summary>The meter <c>GoTo.Calls</c>.</summary>
internal sealed class CallMetrics
{
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly UpDownCounter<long> _live;
    private readonly Histogram<double> _setUp;
    private readonly Histogram<double> _deadAir;

    public CallMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("GoTo.Calls");
        _started = meter.CreateCounter<long>("goto.calls.started", "{call}", "Calls that began to ring, or that we placed");
        _ended = meter.CreateCounter<long>("goto.calls.ended", "{call}", "Calls that ended, by reason");
        _live = meter.CreateUpDownCounter<long>("goto.calls.live", "{call}", "Calls that have not ended");
        _deadAir = meter.CreateHistogram<double>("goto.calls.dead_air", "s", "From a call's answer, or its early greeting's end, to the agent's first audio, or to its fallback or end if no agent took it");
        _setUp = meter.CreateHistogram<double>("goto.calls.setup", "s", "From call.ringing to the first audio of the agent");
    }

    /// <summary>Calls that this silo has more, or less, than before.</summary>
    public void Live(int change) => _live.Add(change);

    /// <param name="happened">What was just journaled.</param>
    /// <param name="state">The call after it.</param>
    /// <param name="at">When.</param>
    public void Observe(CallEvent happened, CallState state, DateTimeOffset at)
    {
        switch (happened)
        {
            case Rang or Dialed:
                _started.Add(1);
                break;
            case AudioStarted { Direction: AudioDirection.FromAgent }:
                _setUp.Record((at - state.CreatedAt).TotalSeconds);
                break;
            case Ended e:
                _ended.Add(1, new KeyValuePair<string, object?>("reason", e.Reason.ToString()));
                if (state.DeadAir is { } dead) _deadAir.Record(dead.TotalSeconds);
                break;
        }
    }
}
