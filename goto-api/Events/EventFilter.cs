namespace GoTo.Api;

/// <summary>What becomes of an event.</summary>
internal enum EventVerdict
{
    /// <summary>It is news.</summary>
    Deliver,

    /// <summary>It has come before, perhaps under another id.</summary>
    Repeat,

    /// <summary>It is news of what must be over by now.</summary>
    Stale,
}

/// <summary>
/// Tells news from repeats and from what is too old to act on (decisions E2 and E16). GoTo repeats events after a bad
/// connection, even under new ids, so an event counts as a repeat when its id or its content has come before. Remembers
/// a bounded number for ten minutes. Safe for use by two connections at once, as during a renewal.
/// </summary>
internal sealed class EventFilter(TimeProvider time, ClockSkew skew)
{
    private const int Most = 50_000;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    // A phone that has rung for a minute has stopped, and a candidate is of use only while a connection comes about.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, long At)> _order = new();

    public EventVerdict Judge(GoToEvent happened)
    {
        // What cannot be read cannot be told apart either.
        if (happened is InvalidEvent)
            return EventVerdict.Deliver;
        lock (_gate)
        {
            Forget();
            var repeat = !Remember(happened.Key);
            if (happened.ContentKey is { } content && content != happened.Key)
                repeat |= !Remember(content);
            if (repeat)
                return EventVerdict.Repeat;
        }

        // What ends a call is never too old: without it the call would go on for ever.
        return happened is CallRinging or CallIceCandidate
            && skew.ServerNow(time.GetUtcNow()) - happened.Timestamp > StaleAfter
            ? EventVerdict.Stale
            : EventVerdict.Deliver;
    }

    private bool Remember(string key)
    {
        if (!_seen.Add(key))
            return false;
        _order.Enqueue((key, time.GetTimestamp()));
        return true;
    }

    private void Forget()
    {
        while (_order.TryPeek(out var oldest)
            && (_order.Count >= Most || time.GetElapsedTime(oldest.At) > Memory))
        {
            _seen.Remove(_order.Dequeue().Key);
        }
    }
}
