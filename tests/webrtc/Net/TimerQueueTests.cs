using GoTo.WebRtc.Net;
using Xunit;

namespace GoTo.WebRtc.Tests.Net;

public sealed class TimerQueueTests
{
    private readonly TimerQueue _timers = new();
    private readonly FakePeer _a = new();
    private readonly FakePeer _b = new();

    [Fact]
    public void Peers_are_due_in_the_order_of_their_deadlines()
    {
        _timers.Schedule(_a, 20);
        _timers.Schedule(_b, 10);

        Assert.Equal(10, _timers.Next);
        Assert.False(_timers.TryTake(9, out _));
        Assert.True(_timers.TryTake(30, out var first));
        Assert.True(_timers.TryTake(30, out var second));
        Assert.Equal([_b, _a], [first, second]);
        Assert.False(_timers.TryTake(30, out _));
        Assert.Equal(long.MaxValue, _timers.Next);
    }

    [Fact]
    public void A_deadline_can_be_moved_both_ways()
    {
        _timers.Schedule(_a, 20);
        _timers.Schedule(_a, 10);
        _timers.Schedule(_b, 5);
        _timers.Schedule(_b, 15);

        Assert.True(_timers.TryTake(10, out var first));
        Assert.Same(_a, first);
        Assert.False(_timers.TryTake(14, out _));
        Assert.True(_timers.TryTake(15, out var second));
        Assert.Same(_b, second);
        Assert.False(_timers.TryTake(100, out _));
    }

    [Fact]
    public void A_deadline_can_be_dropped()
    {
        _timers.Schedule(_a, 20);
        _timers.Schedule(_a, long.MaxValue);

        Assert.Equal(long.MaxValue, _timers.Next);
        Assert.False(_timers.TryTake(long.MaxValue - 1, out _));
    }

    [Fact]
    public void Whatever_is_moved_the_peers_come_in_the_order_of_their_deadlines()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var timers = new TimerQueue();
            var peers = Enumerable.Range(0, 50).Select(_ => new FakePeer()).ToList();
            var deadlines = new Dictionary<FakePeer, long>();
            for (var move = 0; move < 500; move++)
            {
                var peer = peers[random.Next(peers.Count)];
                var at = random.Next(10) == 0 ? long.MaxValue : random.Next(1_000);
                timers.Schedule(peer, at);
                deadlines[peer] = at;
            }

            var expected = deadlines.Values.Where(at => at != long.MaxValue).Order().ToList();
            var taken = new List<long>();
            while (timers.Next is var next && timers.TryTake(1_000, out _))
                taken.Add(next);
            Assert.True(expected.SequenceEqual(taken), $"seed {seed}");
        }
    }

    [Fact]
    public void Moving_a_deadline_allocates_nothing()
    {
        _timers.Schedule(_a, 1);
        _timers.Schedule(_b, 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = 3L; at < 10_000; at++)
            _timers.Schedule(at % 2 == 0 ? _a : _b, at);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
