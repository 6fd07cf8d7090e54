namespace GoTo.Events;

/// <summary>Which events have come before: GoTo repeats some (resolution E2). Remembers a bounded number for ten minutes.</summary>
internal sealed class SeenEvents(TimeProvider time)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, DateTimeOffset> _times = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public bool IsNew(string key)
    {
        var now = time.GetUtcNow();
        while (_order.TryPeek(out var oldest) && (_order.Count >= Most || now - _times[oldest] > Memory))
            _times.Remove(_order.Dequeue());
        if (!_times.TryAdd(key, now)) return false;
        _order.Enqueue(key);
        return true;
    }
}
