namespace GoTo.Api;

/// <summary>
/// How far GoTo's clock is from ours, from the Date of its replies (decision E16): the middle of the last few, since one
/// slow reply says little. Until the first reply the clocks are taken to agree.
/// </summary>
internal sealed class ClockSkew
{
    /// <summary>More than this is worth a warning; events are judged right all the same.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(2);

    private const int Samples = 9;

    private readonly Lock _gate = new();
    private readonly Queue<TimeSpan> _last = new();

    /// <summary>GoTo's clock minus ours; a Date has whole seconds, so it is good to about a second.</summary>
    public TimeSpan Estimate { get; private set; }

    /// <param name="serverDate">The reply's Date.</param>
    /// <param name="now">Our clock when it came.</param>
    public void Observe(DateTimeOffset serverDate, DateTimeOffset now)
    {
        lock (_gate)
        {
            // A Date is cut to whole seconds: on average the clock showed half a second more.
            _last.Enqueue(serverDate + TimeSpan.FromMilliseconds(500) - now);
            if (_last.Count > Samples)
                _last.Dequeue();
            Estimate = _last.Order().ElementAt(_last.Count / 2);
        }
    }

    public DateTimeOffset ServerNow(DateTimeOffset now) => now + Estimate;
}
