using GoTo.Calls;
using GoTo.Events;
using GoTo.Numbers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Grains.Tests.Events;

public sealed class CallDeliveriesTests : IDisposable
{
    private static readonly CallKey First = new("main", "call-1");
    private static readonly CallKey Second = new("main", "call-2");

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<CallKey, Recorder> _calls = new() { [First] = new(), [Second] = new() };
    private readonly CallDeliveries _deliveries;

    public CallDeliveriesTests() => _deliveries = new CallDeliveries(call => _calls[call], _time, NullLogger.Instance);

    public void Dispose() => _deliveries.Dispose();

    [Fact]
    public void A_call_that_cannot_be_reached_gets_everything_later_in_order_and_others_do_not_wait_for_it()
    {
        _calls[First].Reachable = false;
        Hand(First, "ring", "connected", "ended");
        Hand(Second, "ring");
        Assert.Equal(["ring"], _calls[Second].Received);
        Assert.Empty(_calls[First].Received);

        _calls[First].Reachable = true;
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(["ring", "connected", "ended"], _calls[First].Received);
    }

    [Fact]
    public void Nothing_is_remembered_of_calls_that_have_all_that_is_theirs()
    {
        for (var i = 0; i < 100; i++) Hand(First, $"event {i}");
        Assert.Equal((0, true), (_deliveries.Pending, _deliveries.Drained().IsCompleted));
    }

    [Fact]
    public void What_cannot_be_delivered_for_minutes_is_made_up_for_by_a_comparison_with_GoTo()
    {
        _calls[First].Reachable = false;
        Hand(First, "ended");
        Pass(CallDeliveries.Patience + TimeSpan.FromMinutes(3));
        Assert.True(_deliveries.IsPending(First));
        _calls[First].Reachable = true;
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(["reconcile"], _calls[First].Received);
        Assert.False(_deliveries.IsPending(First));
    }

    [Fact]
    public void One_event_that_a_call_chokes_on_does_not_keep_the_later_ones_from_it()
    {
        _calls[First].Poison = "odd";
        Hand(First, "ring", "odd", "ended");
        Pass(CallDeliveries.Patience + TimeSpan.FromSeconds(30));
        Assert.Equal(["ring", "reconcile", "ended"], _calls[First].Received);
    }

    [Fact]
    public void A_flood_for_an_unreachable_call_is_bounded_and_made_up_for()
    {
        _calls[First].Reachable = false;
        for (var i = 0; i < 10 * CallDeliveries.MostWaiting; i++) Hand(First, $"digit {i}");
        _calls[First].Reachable = true;
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(CallDeliveries.MostWaiting + 1, _calls[First].Received.Count);
        Assert.Equal("reconcile", _calls[First].Received[^1]);
    }

    [Fact]
    public void Whoever_leaves_can_wait_until_all_is_handed_over()
    {
        _calls[First].Reachable = false;
        Hand(First, "ring");
        var drained = _deliveries.Drained();
        Assert.False(drained.IsCompleted);
        _calls[First].Reachable = true;
        Pass(TimeSpan.FromSeconds(1));
        Assert.True(drained.IsCompletedSuccessfully);
    }

    private void Hand(CallKey call, params string[] events)
    {
        foreach (var what in events) _deliveries.Hand(call, what, signals => ((Recorder)signals).Take(what));
    }

    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(100))
            _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    private sealed class Recorder : ICallSignals
    {
        public bool Reachable { get; set; } = true;

        public string? Poison { get; set; }

        public List<string> Received { get; } = [];

        public Task Take(string what)
        {
            if (!Reachable || what == Poison) throw new InvalidOperationException("not now");
            Received.Add(what);
            return Task.CompletedTask;
        }

        public Task Reconcile() => Take("reconcile");

        public Task Receive(long channelEpoch, CallCommand command, string? cause) => Take("receive");

        public Task Ring(long channelEpoch, CallCommand.Ring ring, string? sdpOffer, string? cause) => Take("ring");

        public Task AddCandidate(long channelEpoch, string candidate) => Take("candidate");

        public async Task<bool> Dialed(string requestId, DialRequest request, string? sdpOffer, NumberRegistration? registration)
        {
            await Take("dialed");
            return true;
        }

        public Task Report(CallCommand command) => Take("report");

        public Task<bool> Attend() => Task.FromResult(true);

        public Task CheckAudio() => Take("check-audio");
    }
}
