using GoTo.Calls;

namespace GoTo.Tenants;

/// <summary>
/// What a tenant has going on, and whether one call more fits. Pure: time comes in. Kept in memory; who loses it counts
/// anew from the calls that live.
/// </summary>
internal sealed class TenantLoad
{
    /// <summary>Calls that have ended stay in the feed for those who come a little late.</summary>
    public const int MostRemembered = 1000;

    /// <summary>A call that was just admitted may not have journaled yet whose it is.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>A dial of which nothing was heard after this has come to nothing.</summary>
    public static readonly TimeSpan LongestDial = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan DialWindow = TimeSpan.FromMinutes(1);

    private readonly Dictionary<CallKey, TenantCall> _live = [];
    private readonly Dictionary<string, (string Number, DateTimeOffset At)> _dials = [];
    private readonly Queue<DateTimeOffset> _dialed = new();
    private readonly Queue<TenantCall> _feed = new();
    private long _version;

    public IReadOnlyCollection<TenantCall> Live => _live.Values;

    public int DialsThisMinute(DateTimeOffset now)
    {
        while (_dialed.TryPeek(out var oldest) && now - oldest >= DialWindow) _dialed.Dequeue();
        return _dialed.Count;
    }

    public Quota? Admit(CallKey call, string number, TenantQuotas quotas, int? mostOfNumber, DateTimeOffset now)
    {
        if (_live.ContainsKey(call)) return null;
        if (Exceeded(number, quotas, mostOfNumber, now) is { } quota) return quota;
        Add(call, number, now);
        return null;
    }

    public Quota? AdmitDial(string requestId, string number, TenantQuotas quotas, int? mostOfNumber, DateTimeOffset now)
    {
        if (_dials.ContainsKey(requestId)) return null;
        if (DialsThisMinute(now) >= quotas.DialsPerMinute) return Quota.DialsPerMinute;
        if (Exceeded(number, quotas, mostOfNumber, now) is { } quota) return quota;
        _dialed.Enqueue(now);
        _dials[requestId] = (number, now);
        return null;
    }

    public void BindDial(string requestId, CallKey call, DateTimeOffset now)
    {
        _dials.Remove(requestId, out var dial);
        if (!_live.ContainsKey(call)) Add(call, dial.Number ?? "", now);
    }

    public void AbandonDial(string requestId) => _dials.Remove(requestId);

    public void Leave(CallKey call) => _live.Remove(call);

    /// <summary>What a look at a call itself has shown.</summary>
    /// <param name="call">Which call.</param>
    /// <param name="number">The tenant's number.</param>
    /// <param name="isOurs">It is alive and says that it is this tenant's.</param>
    /// <param name="isOver">It has ended, or there is no such call.</param>
    /// <param name="now">When.</param>
    public void Compare(CallKey call, string number, bool isOurs, bool isOver, DateTimeOffset now)
    {
        if (isOurs && !_live.ContainsKey(call)) Add(call, number, now);
        else if (!isOurs && _live.TryGetValue(call, out var counted) && (isOver || now - counted.At >= Grace)) _live.Remove(call);
    }

    /// <summary>The calls after a version: those that live, and the last that have ended.</summary>
    public IReadOnlyList<TenantCall> After(long version) => [.. _feed.Concat(_live.Values)
        .Where(call => call.Version > version).DistinctBy(call => call.Version).OrderBy(call => call.Version)];

    private Quota? Exceeded(string number, TenantQuotas quotas, int? mostOfNumber, DateTimeOffset now)
    {
        foreach (var (request, dial) in _dials)
        {
            if (now - dial.At >= LongestDial) _dials.Remove(request);
        }
        if (_live.Count + _dials.Count >= quotas.ConcurrentCalls) return Quota.ConcurrentCalls;
        var ofNumber = _live.Values.Count(call => call.Number == number) + _dials.Values.Count(dial => dial.Number == number);
        return ofNumber >= mostOfNumber ? Quota.ConcurrentCallsOfNumber : null;
    }

    /// <summary>Versions go on where an activation before this one can have left off: they are times.</summary>
    private void Add(CallKey call, string number, DateTimeOffset now)
    {
        _version = Math.Max(_version + 1, now.UtcTicks);
        _live[call] = new TenantCall(_version, call, number, now);
        _feed.Enqueue(_live[call]);
        if (_feed.Count > MostRemembered) _feed.Dequeue();
    }
}
