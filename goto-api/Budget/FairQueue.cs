using System.Diagnostics.CodeAnalysis;

namespace GoTo.Api;

/// <summary>
/// Who leaves next: the more important request before the less important one, and among equals the tenant that has had
/// least (start-time fair queueing). A tenant that asked for nothing saves nothing up. Urgent requests have shares of their
/// own: who hangs up more often than others has no less of the rest. Pure.
/// </summary>
internal sealed class FairQueue<T>
{
    private readonly SortedDictionary<RequestPriority, Dictionary<string, LinkedList<Waiting>>> _waiting = [];
    private readonly Shares _urgent = new();
    private readonly Shares _rest = new();

    public int Count { get; private set; }

    /// <param name="item">What waits.</param>
    /// <param name="priority">How much it matters.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="since">Since when it waits: among a tenant's own, the oldest leaves first.</param>
    /// <param name="until">When it is of no use any more.</param>
    public void Add(T item, RequestPriority priority, string tenant, TimeSpan since, TimeSpan until)
    {
        if (!_waiting.TryGetValue(priority, out var tenants))
            _waiting[priority] = tenants = new(StringComparer.Ordinal);
        if (!tenants.TryGetValue(tenant, out var line))
            tenants[tenant] = line = new();
        SharesOf(priority).Enter(tenant);
        var before = line.Last;
        while (before is not null && before.Value.Since > since)
            before = before.Previous;
        var waiting = new Waiting(item, since, until);
        if (before is null)
            line.AddFirst(waiting);
        else
            line.AddAfter(before, waiting);
        Count++;
    }

    /// <summary>The next one, if there is any, without taking it.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out T item, out RequestPriority priority)
    {
        foreach (var (found, tenants) in _waiting)
        {
            if (tenants.Count == 0)
                continue;
            (item, priority) = (tenants[Poorest(found, tenants)].First!.Value.Item, found);
            return true;
        }

        (item, priority) = (default, default);
        return false;
    }

    /// <summary>Takes what <see cref="TryPeek"/> shows.</summary>
    public void Dequeue()
    {
        var (priority, tenants) = _waiting.First(found => found.Value.Count > 0);
        var tenant = Poorest(priority, tenants);
        tenants[tenant].RemoveFirst();
        if (tenants[tenant].Count == 0)
            tenants.Remove(tenant);
        Count--;
        Charge(priority, tenant);
    }

    /// <summary>Counts something for a tenant that did not have to wait.</summary>
    public void Charge(RequestPriority priority, string tenant)
    {
        var shares = SharesOf(priority);
        shares.Charge(tenant, _waiting.Where(found => SharesOf(found.Key) == shares).SelectMany(found => found.Value.Keys));
    }

    /// <summary>Takes out what is of no use any more.</summary>
    public IReadOnlyList<T> RemoveWhere(Func<T, TimeSpan, bool> useless)
    {
        var removed = new List<T>();
        foreach (var tenants in _waiting.Values)
        {
            foreach (var (tenant, line) in tenants.ToArray())
            {
                for (var node = line.First; node is not null;)
                {
                    var next = node.Next;
                    if (useless(node.Value.Item, node.Value.Until))
                    {
                        removed.Add(node.Value.Item);
                        line.Remove(node);
                        Count--;
                    }

                    node = next;
                }

                if (line.Count == 0)
                    tenants.Remove(tenant);
            }
        }

        return removed;
    }

    /// <summary>When the first of them is of no use any more; null when none waits.</summary>
    public TimeSpan? FirstUntil() => Count == 0
        ? null
        : _waiting.Values.SelectMany(tenants => tenants.Values).SelectMany(line => line).Min(waiting => waiting.Until);

    // Equal shares are decided by who waits longest, so that the order is the same in every run.
    private string Poorest(RequestPriority priority, Dictionary<string, LinkedList<Waiting>> tenants) => tenants
        .MinBy(pair => (SharesOf(priority).Of(pair.Key), pair.Value.First!.Value.Since)).Key;

    private Shares SharesOf(RequestPriority priority) => priority == RequestPriority.Urgent ? _urgent : _rest;

    private readonly record struct Waiting(T Item, TimeSpan Since, TimeSpan Until);

    /// <summary>What each tenant has had, on a clock that follows the poorest of those who wait.</summary>
    private sealed class Shares
    {
        private readonly Dictionary<string, long> _served = new(StringComparer.Ordinal);
        private long _clock;

        public long Of(string tenant) => Math.Max(_served.GetValueOrDefault(tenant), _clock);

        public void Enter(string tenant) => _served[tenant] = Of(tenant);

        public void Charge(string tenant, IEnumerable<string> waiting)
        {
            var start = Of(tenant);
            _served[tenant] = start + 1;
            // What one tenant got by importance is not forgiven it.
            _clock = Math.Max(_clock, waiting.Select(Of).DefaultIfEmpty(start).Min());
            if (_served.Count <= 1000)
                return;
            foreach (var (idle, _) in _served.Where(pair => pair.Value <= _clock).ToArray())
                _served.Remove(idle);
        }
    }
}
