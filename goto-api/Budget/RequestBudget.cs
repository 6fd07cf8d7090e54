namespace GoTo.Api;

/// <summary>
/// The one budget of an account: what leaves when there are more requests than GoTo takes. Each category has a window
/// of its own, in which less important requests may fill only a part: the rest is kept for hanging up and answering
/// (trunk reservation, as telephone exchanges call it). The first half of that part may leave in one burst, the rest
/// leaves evenly over the time until there is room again, so that a burst does not come back every minute. Permits may be handed out ahead of time, so that an urgent
/// request elsewhere need not ask first.
/// </summary>
public sealed class RequestBudget : IRequestBudget, IDisposable
{
    /// <summary>
    /// How long permits that were handed out are good, counted from the asking. Renewed by the next
    /// <see cref="HandOut"/>; those of a holder that is not heard of count as used.
    /// </summary>
    public static readonly TimeSpan PermitLife = TimeSpan.FromSeconds(30);

    private const int MostPermits = 4;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Dictionary<BudgetCategory, Lane> _lanes = [];

    /// <summary>A budget of these limits.</summary>
    public RequestBudget(RequestLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _start = time.GetTimestamp();
        foreach (var category in Enum.GetValues<BudgetCategory>())
            _lanes[category] = new Lane(new RequestWindow(limits[category]));
        foreach (var lane in _lanes.Values)
            lane.Timer = time.CreateTimer(_ => Pump(lane), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <inheritdoc />
    public ValueTask<BudgetAnswer> Take(BudgetDemand demand, CancellationToken cancellation) =>
        Take(demand, TimeSpan.Zero, cancellation);

    /// <summary>As <see cref="Take(BudgetDemand, CancellationToken)"/>, for one that has waited before.</summary>
    /// <param name="demand">The request.</param>
    /// <param name="waited">How long it has waited; it keeps its place before younger ones.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async ValueTask<BudgetAnswer> Take(BudgetDemand demand, TimeSpan waited, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var lane = _lanes[demand.Category];
        TaskCompletionSource<BudgetAnswer> answer;
        lock (_gate)
        {
            var now = Now;
            lane.Window.Advance(now);
            lane.Lapse(now);
            if (lane.Queue.Count == 0 && lane.HasRoom(demand.Priority, now))
            {
                lane.Use(demand.Priority, now);
                lane.Queue.Charge(demand.Priority, demand.Tenant);
                return BudgetAnswer.Go;
            }

            answer = new TaskCompletionSource<BudgetAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            lane.Queue.Add(answer, demand.Priority, demand.Tenant, now - waited, now + demand.Patience);
        }

        Pump(lane);
        await using var giveUp = cancellation.Register(() =>
        {
            lock (_gate)
                lane.Queue.RemoveWhere((waiting, _) => ReferenceEquals(waiting, answer));
            answer.TrySetCanceled(cancellation);
        });
        return await answer.Task;
    }

    /// <inheritdoc />
    public void Limited(BudgetCategory category, TimeSpan? retryAfter)
    {
        var lane = _lanes[category];
        lock (_gate)
        {
            var now = Now;
            lane.Window.Advance(now);
            lane.Window.Refused(now, retryAfter);
        }

        Pump(lane);
    }

    /// <summary>
    /// Settles what a holder of permits did with them and hands out new ones for urgent requests of call control. Call
    /// it after each use and every few seconds. What the holder neither has nor reports counts as used.
    /// </summary>
    /// <param name="holder">Who holds them, by a name of its own.</param>
    /// <param name="held">
    /// How many of its permits it has left; fewer than none when it used some that were being taken back meanwhile.
    /// </param>
    /// <returns>How many it has from now on, for <see cref="PermitLife"/>.</returns>
    public int HandOut(string holder, int held)
    {
        ArgumentNullException.ThrowIfNull(holder);
        var lane = _lanes[BudgetCategory.CallControl];
        int has;
        lock (_gate)
        {
            var now = Now;
            lane.Window.Advance(now);
            lane.Lapse(now);
            has = lane.HandOut(holder, held, now);
        }

        Pump(lane);
        return has;
    }

    /// <summary>Ends all waiting: nobody is refused for it, and GoTo's own limit is what is left.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var lane in _lanes.Values)
            {
                lane.Timer?.Dispose();
                foreach (var waiting in lane.Queue.RemoveWhere((_, _) => true))
                    waiting.TrySetResult(BudgetAnswer.Go);
            }
        }
    }

    /// <summary>Lets leave what may leave, refuses what has waited too long, and looks again when that can change.</summary>
    private void Pump(Lane lane)
    {
        lock (_gate)
        {
            var now = Now;
            lane.Window.Advance(now);
            lane.Lapse(now);
            while (lane.Queue.TryPeek(out var next, out var priority) && lane.HasRoom(priority, now))
            {
                lane.Queue.Dequeue();
                lane.Use(priority, now);
                next.TrySetResult(BudgetAnswer.Go);
            }

            if (lane.Queue.Count == 0)
                return;
            lane.Queue.TryPeek(out _, out var first);
            var room = lane.NextChange(first, now) ?? now;
            var retryAfter = room > now ? room - now : TimeSpan.Zero;
            foreach (var late in lane.Queue.RemoveWhere((_, until) => until <= now))
                late.TrySetResult(new BudgetAnswer(false, retryAfter));
            if (lane.Queue.FirstUntil() is not { } until)
                return;
            var due = room > now && room < until ? room : until;
            lane.Timer!.Change(due - now, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>One category: its window, who waits for it, and who holds permits of it.</summary>
    private sealed class Lane(RequestWindow window)
    {
        private readonly Dictionary<string, (int Held, TimeSpan Until)> _holders = new(StringComparer.Ordinal);
        private TimeSpan _lastPaced;

        public RequestWindow Window { get; } = window;

        public FairQueue<TaskCompletionSource<BudgetAnswer>> Queue { get; } = new();

        public ITimer? Timer { get; set; }

        private int HandedOut { get; set; }

        public bool HasRoom(RequestPriority priority, TimeSpan now)
        {
            var part = Part(priority);
            return !Window.IsBlocked(now) && Window.Used < part
                && Window.Used + HandedOut < Part(RequestPriority.Urgent)
                && (Window.Used < part / 2 || now >= PacedUntil(priority, now));
        }

        public void Use(RequestPriority priority, TimeSpan now)
        {
            Window.Use(now);
            if (priority != RequestPriority.Urgent)
                _lastPaced = now;
        }

        public TimeSpan? NextChange(RequestPriority priority, TimeSpan now)
        {
            var change = Window.NextChange(now);
            foreach (var (_, until) in _holders.Values)
            {
                if (change is null || until < change)
                    change = until;
            }

            return PacedUntil(priority, now) is var paced && paced > now && (change is null || paced < change)
                ? paced
                : change;
        }

        /// <summary>Permits whose holder is not heard of may have been used until just now.</summary>
        public void Lapse(TimeSpan now)
        {
            foreach (var (holder, (held, until)) in _holders)
            {
                if (until > now)
                    continue;
                _holders.Remove(holder);
                HandedOut -= held;
                for (var i = 0; i < held; i++)
                    Window.Use(now);
            }
        }

        public int HandOut(string holder, int held, TimeSpan now)
        {
            var before = _holders.GetValueOrDefault(holder).Held;
            for (var used = before - Math.Min(held, before); used > 0; used--)
                Window.Use(now);
            HandedOut -= before;
            _holders[holder] = (0, default);
            // A permit that lies idle here helps nobody elsewhere: half of what is kept for urgent requests is handed out,
            // half of what is left as the window fills, and none while somebody waits or nothing may leave.
            var most = Math.Min(
                (int)(Window.Limit * (1 - Share(RequestPriority.Read)) / 2), (Part(RequestPriority.Urgent) - Window.Used) / 2);
            var awaited = Queue.TryPeek(out _, out var first) && first == RequestPriority.Urgent;
            var has = awaited || Window.IsBlocked(now)
                ? 0
                : Math.Clamp(most - HandedOut, 0, Math.Clamp(most / _holders.Count, 1, MostPermits));
            _holders[holder] = (has, now + PermitLife);
            HandedOut += has;
            return has;
        }

        private TimeSpan PacedUntil(RequestPriority priority, TimeSpan now)
        {
            var left = Part(priority) - Window.Used;
            return priority == RequestPriority.Urgent || left <= 0 || Window.NextEnd is not { } end
                ? now
                : _lastPaced + ((end - _lastPaced) / (left + 1));
        }

        private int Part(RequestPriority priority) => Math.Max(1, (int)(Window.Limit * Share(priority)));

        private static double Share(RequestPriority priority) => priority switch
        {
            RequestPriority.Urgent => 1,
            RequestPriority.Transfer => 0.9,
            RequestPriority.Control => 0.8,
            RequestPriority.Read => 0.7,
            _ => 0.6,
        };
    }
}
