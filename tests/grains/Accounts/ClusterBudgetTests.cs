using GoTo.Accounts;
using GoTo.Api;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Grains.Tests.Accounts;

/// <summary>One account's budget drawn on by many silos, on virtual time.</summary>
public sealed class ClusterBudgetTests(ITestOutputHelper output)
{
    private static readonly RequestLimit Hundred = new(100, TimeSpan.FromMinutes(1));
    private static readonly RequestLimits Limits = new(Hundred, Hundred, new(60, TimeSpan.FromMinutes(1)));

    private readonly VirtualTime _world = new();

    /// <summary>
    /// Twenty silos and three tenants ask for 300 requests a minute where GoTo takes 100, for twenty minutes: a tenth
    /// are hang-ups, and the tenants' reads differ by a factor of five.
    /// </summary>
    [Theory]
    [InlineData(20260116)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Twenty_silos_at_three_times_the_limit_get_no_429_and_hang_up_at_once(int seed)
    {
        var random = new Random(seed);
        using var budget = new RequestBudget(Limits, _world.Clock);
        var owner = new Owner(budget, _world.Clock, random);
        var goTo = new SlidingMinute(_world.Clock, 100);
        var silos = new List<ClusterBudget>();
        var waits = new List<TimeSpan>();
        var bulkWaits = new List<TimeSpan>();
        var sent = new Dictionary<string, int>();
        var refused = 0;

        _world.Run(() =>
        {
            for (var i = 0; i < 20; i++) silos.Add(NewSilo(owner, $"silo-{i}"));
            foreach (var tenant in new[] { ("a", 156.0), ("b", 66.0), ("c", 30.0) })
            {
                Load(tenant.Item1, RequestPriority.Urgent, 10);
                Load(tenant.Item1, RequestPriority.Transfer, 2);
                Load(tenant.Item1, RequestPriority.Control, 4);
                Load(tenant.Item1, RequestPriority.Read, tenant.Item2);
            }
        }, TimeSpan.FromMinutes(20));

        var p99 = waits.Order().ElementAt(waits.Count * 99 / 100);
        output.WriteLine($"{goTo.Taken} taken, {goTo.Refused} answered by 429, {refused} given up by the budget");
        output.WriteLine($"hang-up waits: p99 {p99.TotalMilliseconds:0} ms, longest {waits.Max().TotalMilliseconds:0} ms of {waits.Count}");
        output.WriteLine($"other waits: median {bulkWaits.Order().ElementAt(bulkWaits.Count / 2).TotalSeconds:0.0} s of {bulkWaits.Count}");
        output.WriteLine($"sent by tenant, hang-ups apart: {string.Join(", ", sent.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))}");
        Assert.Equal(0, goTo.Refused);
        Assert.True(goTo.Taken > 20 * 60, $"only {goTo.Taken} of at most 2000 were sent");
        Assert.True(waits.Count > 500);
        Assert.True(waits.Max() < TimeSpan.FromMilliseconds(250), $"the longest wait is {waits.Max()}");
        Assert.True(refused > 2000, "the load was no load");
        var fair = sent.Values.Average();
        Assert.All(sent.Values, count => Assert.InRange(count / fair, 0.95, 1.05));

        void Load(string tenant, RequestPriority priority, double perMinute)
        {
            var chance = new Random(random.Next());
            _ = Ask();

            async Task Ask()
            {
                while (true)
                {
                    // Exponential gaps: requests come when they come.
                    await Task.Delay(TimeSpan.FromMinutes(-Math.Log(1 - chance.NextDouble()) / perMinute), _world.Clock);
                    _ = Send(silos[chance.Next(silos.Count)]);
                }
            }

            async Task Send(ClusterBudget silo)
            {
                var since = _world.Clock.GetTimestamp();
                var answer = await silo.Take(
                    new BudgetDemand(BudgetCategory.CallControl, priority, tenant, BudgetDemand.PatienceOf(priority)), default);
                var waited = _world.Clock.GetElapsedTime(since);
                (priority is RequestPriority.Urgent ? waits : bulkWaits).Add(waited);
                if (!answer.Granted)
                {
                    refused++;
                    return;
                }
                if (priority is not RequestPriority.Urgent) sent[tenant] = sent.GetValueOrDefault(tenant) + 1;
                await Task.Delay(TimeSpan.FromMilliseconds(20 + (chance.NextDouble() * 130)), _world.Clock);
                if (!goTo.Take()) silo.Limited(BudgetCategory.CallControl, TimeSpan.FromSeconds(1));
            }
        }
    }

    [Fact]
    public void A_hang_up_with_a_permit_at_hand_asks_nobody()
    {
        using var budget = new RequestBudget(Limits, _world.Clock);
        var owner = new Owner(budget, _world.Clock, new Random(1));
        _world.Run(() => { }, TimeSpan.Zero);
        ClusterBudget silo = null!;
        _world.Run(() => silo = NewSilo(owner, "one"), TimeSpan.FromSeconds(1));

        _world.Run(
            () =>
            {
                Assert.True(silo.Take(Urgent, default).AsTask().IsCompletedSuccessfully);
                Assert.Equal(0, owner.Asked);
                Assert.False(silo.Take(Urgent with { Priority = RequestPriority.Read }, default).AsTask().IsCompleted);
                Assert.Equal(1, owner.Asked);
            },
            TimeSpan.FromSeconds(1));
        Assert.Equal(2, 100 - LeftFor(budget, reserved: 4));
    }

    [Fact]
    public void Without_the_owner_requests_leave_uncounted()
    {
        using var budget = new RequestBudget(Limits, _world.Clock);
        var owner = new Owner(budget, _world.Clock, new Random(1)) { Reachable = false };

        _world.Run(
            () =>
            {
                var silo = NewSilo(owner, "one");
                Assert.True(silo.Take(Urgent with { Priority = RequestPriority.Read }, default).AsTask().Result.Granted);
            },
            TimeSpan.FromSeconds(1));
    }

    private static BudgetDemand Urgent =>
        new(BudgetCategory.CallControl, RequestPriority.Urgent, "a", TimeSpan.FromSeconds(30));

    /// <summary>How many urgent requests may leave at once, those that permits are handed out for included.</summary>
    private static int LeftFor(RequestBudget budget, int reserved)
    {
        var left = reserved;
        while (budget.Take(Urgent with { Patience = TimeSpan.Zero }, default).AsTask() is { IsCompleted: true, Result.Granted: true }) left++;
        return left;
    }

    private ClusterBudget NewSilo(Owner owner, string name) => new(owner, name, _world.Clock, NullLogger.Instance);

    /// <summary>The account's grain, a message away.</summary>
    private sealed class Owner(RequestBudget budget, TimeProvider time, Random random) : IBudgetOwner
    {
        public int Asked { get; private set; }

        public bool Reachable { get; init; } = true;

        public async Task<BudgetAnswer> Take(BudgetDemand demand, TimeSpan waited, CancellationToken cancellation)
        {
            Asked++;
            await Travel();
            var answer = await budget.Take(demand, waited, cancellation);
            await Travel();
            return answer;
        }

        public async Task<int> HandOut(string holder, int held)
        {
            await Travel();
            var has = budget.HandOut(holder, held);
            await Travel();
            return has;
        }

        public async Task Limited(BudgetCategory category, TimeSpan? retryAfter)
        {
            await Travel();
            budget.Limited(category, retryAfter);
        }

        private Task Travel() => Reachable
            ? Task.Delay(TimeSpan.FromMilliseconds(1 + (4 * random.NextDouble())), time)
            : throw new TimeoutException("no reply");
    }

    /// <summary>GoTo's own count: so many in any minute, the rest refused.</summary>
    private sealed class SlidingMinute(TimeProvider time, int most)
    {
        private readonly Queue<DateTimeOffset> _taken = new();

        public int Taken { get; private set; }

        public int Refused { get; private set; }

        public bool Take()
        {
            var now = time.GetUtcNow();
            while (_taken.TryPeek(out var oldest) && now - oldest >= TimeSpan.FromMinutes(1)) _taken.Dequeue();
            if (_taken.Count >= most)
            {
                Refused++;
                return false;
            }
            _taken.Enqueue(now);
            Taken++;
            return true;
        }
    }
}
