using System.Diagnostics.Metrics;

namespace GoTo.Api;

/// <summary>
/// The meter <c>GoTo.Api</c>. Tags are words of our own, never a server's: what comes from outside may hold anything.
/// </summary>
internal sealed class GoToApiMetrics
{
    private readonly Histogram<double> _requests;
    private readonly Counter<long> _events;
    private readonly Counter<long> _disconnects;

    public GoToApiMetrics(IMeterFactory meters, ClockSkew skew)
    {
        var meter = meters.Create("GoTo.Api");
        _requests = meter.CreateHistogram<double>("goto.api.request.duration", "s", "Requests to GoTo, by operation and status");
        _events = meter.CreateCounter<long>("goto.api.events", "{event}", "Events of GoTo, by type and what became of them");
        _disconnects = meter.CreateCounter<long>("goto.api.disconnects", "{disconnect}", "Event connections that ended or failed");
        meter.CreateObservableGauge(
            "goto.api.clock_skew", () => skew.Estimate.TotalSeconds, "s", "GoTo's clock minus ours; beyond 120 s worth a look");
    }

    /// <param name="operation">What was asked, in our words.</param>
    /// <param name="status">The reply's status; null when there was none.</param>
    /// <param name="duration">From the first attempt to the end of the last.</param>
    public void Request(string operation, int? status, TimeSpan duration) => _requests.Record(
        duration.TotalSeconds, new("operation", operation), new("status", status is { } known ? known : "none"));

    public void Event(GoToEvent happened, EventVerdict verdict) => _events.Add(
        1, new("type", happened is UnknownEvent or InvalidEvent ? happened.GetType().Name : happened.Type),
        new("verdict", verdict.ToString()));

    public void Disconnected() => _disconnects.Add(1);
}
