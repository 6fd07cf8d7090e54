namespace GoTo.WebRtc.Dtls;

/// <summary>A token bucket: so many at once, so many a second in the long run. Thread-safe.</summary>
internal sealed class RateLimit(TimeProvider time, int burst, int perSecond)
{
    private readonly object _gate = new();
    private double _tokens = burst;
    private long _last = time.GetTimestamp();

    /// <summary>Takes one; false when there is none left.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_last, now).TotalSeconds * perSecond));
            _last = now;
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }

    /// <summary>Gives back one that was taken.</summary>
    public void GiveBack()
    {
        lock (_gate) _tokens = Math.Min(burst, _tokens + 1);
    }
}
