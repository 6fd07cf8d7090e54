using Microsoft.Extensions.Time.Testing;

namespace GoTo.Api.Tests;

/// <summary>The account's one budget, on a clock of its own.</summary>
public sealed class RequestBudgetTests : IDisposable
{
    private static readonly RequestLimit Ten = new(10, TimeSpan.FromMinutes(1));

    private static readonly RequestLimit Forty = new(40, TimeSpan.FromMinutes(1));

    private readonly FakeTimeProvider _time = new();
    private readonly RequestBudget _budget;

    public RequestBudgetTests() => _budget = new RequestBudget(new RequestLimits(Ten, Ten, Ten), _time);

    [Fact]
    public async Task Less_important_requests_leave_room_for_more_important_ones()
    {
        Assert.Equal(6, GrantedWithin(RequestPriority.Candidate, seconds: 50));
        Assert.Equal(1, GrantedWithin(RequestPriority.Read, seconds: 7));
        Assert.Equal(1, GrantedWithin(RequestPriority.Control, seconds: 2));
        Assert.Equal(1, GrantedWithin(RequestPriority.Transfer, seconds: 1));
        Assert.Equal(1, Granted(RequestPriority.Urgent, 20));
        Assert.True((await Ask(RequestPriority.Read, BudgetCategory.Directory)).Granted);
    }

    [Fact]
    public void Half_may_leave_in_a_burst_and_the_rest_leaves_evenly()
    {
        Assert.Equal(3, Granted(RequestPriority.Read, 20));
        // Four more are to last for 61 s.
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(0, Granted(RequestPriority.Read, 20));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Granted(RequestPriority.Read, 20));
    }

    [Fact]
    public async Task What_waits_leaves_by_importance_when_there_is_room_again()
    {
        Granted(RequestPriority.Urgent, 10);
        var read = Ask(RequestPriority.Read, patience: 120);
        var hangUp = Ask(RequestPriority.Urgent, patience: 120);
        Assert.False(read.IsCompleted || hangUp.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.True((await hangUp).Granted);
        Assert.True((await read).Granted);
    }

    [Fact]
    public async Task Patience_ends_with_word_of_how_long_it_would_have_taken()
    {
        Granted(RequestPriority.Urgent, 10);
        var read = Ask(RequestPriority.Read, patience: 5);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(new BudgetAnswer(false, TimeSpan.FromSeconds(56)), await read);
    }

    [Fact]
    public async Task One_that_gives_up_takes_nothing()
    {
        Granted(RequestPriority.Urgent, 10);
        using var patience = new CancellationTokenSource();
        var given = _budget.Take(Demand(RequestPriority.Urgent, patience: 120), patience.Token).AsTask();
        var other = Ask(RequestPriority.Urgent, patience: 120);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.True((await other).Granted);
        Assert.Equal(9, Granted(RequestPriority.Urgent, 20));
    }

    [Fact]
    public void After_a_429_nothing_leaves_for_as_long_as_GoTo_says_and_then_less()
    {
        Assert.Equal(5, Granted(RequestPriority.Urgent, 5));
        _budget.Limited(BudgetCategory.CallControl, TimeSpan.FromSeconds(90));
        _budget.Limited(BudgetCategory.CallControl, TimeSpan.FromSeconds(90));

        Assert.Equal(0, Granted(RequestPriority.Urgent, 1));
        _time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(0, Granted(RequestPriority.Urgent, 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        // Five were too many: 4.5, and a tenth of the limit more every minute from then on.
        Assert.Equal(4, Granted(RequestPriority.Urgent, 20));
        _time.Advance(TimeSpan.FromSeconds(62));
        Assert.Equal(5, Granted(RequestPriority.Urgent, 20));
        for (var minute = 0; minute < 6; minute++)
        {
            _time.Advance(TimeSpan.FromSeconds(62));
            Granted(RequestPriority.Candidate, 1);
        }

        _time.Advance(TimeSpan.FromSeconds(62));
        Assert.Equal(10, Granted(RequestPriority.Urgent, 20));
    }

    [Fact]
    public void Permits_that_are_handed_out_count_until_they_are_given_back_or_forgotten()
    {
        var budget = new RequestBudget(new RequestLimits(Forty, Ten, Ten), _time);
        Assert.Equal(4, budget.HandOut("one", 0));
        Assert.Equal(36, Granted(RequestPriority.Urgent, 50, budget));
        // It used one; of the three that are left it keeps no more than what a nearly full window hands out.
        Assert.Equal(1, budget.HandOut("one", 3));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, budget.HandOut("one", 1));

        // The holder dies: its permits count as used when they end, and for a minute after.
        _time.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal(39, Granted(RequestPriority.Urgent, 50, budget));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(40, Granted(RequestPriority.Urgent, 50, budget));
        budget.Dispose();
    }

    [Fact]
    public async Task Permits_come_back_when_somebody_waits_for_one()
    {
        var held = _budget.HandOut("one", 0);
        Assert.Equal(1, held);
        Assert.Equal(9, Granted(RequestPriority.Urgent, 20));
        var hangUp = Ask(RequestPriority.Urgent, patience: 30);
        Assert.False(hangUp.IsCompleted);

        Assert.Equal(0, _budget.HandOut("one", held));

        Assert.True((await hangUp).Granted);
    }

    [Fact]
    public void Permits_are_shared_among_their_holders()
    {
        using var budget = new RequestBudget(new RequestLimits(Forty, Ten, Ten), _time);
        Assert.Equal((4, 2, 0), (budget.HandOut("one", 0), budget.HandOut("two", 0), budget.HandOut("three", 0)));

        Assert.Equal((2, 2, 2), (budget.HandOut("one", 4), budget.HandOut("two", 2), budget.HandOut("three", 0)));
    }

    [Fact]
    public async Task A_budget_that_ends_holds_nobody_up()
    {
        Granted(RequestPriority.Urgent, 10);
        var read = Ask(RequestPriority.Read, patience: 120);

        _budget.Dispose();

        Assert.True((await read).Granted);
    }

    public void Dispose() => _budget.Dispose();

    private static BudgetDemand Demand(
        RequestPriority priority, BudgetCategory category = BudgetCategory.CallControl, double patience = 0) =>
        new(category, priority, "", TimeSpan.FromSeconds(patience));

    /// <summary>How many of so many requests may leave at once.</summary>
    private int Granted(RequestPriority priority, int count, RequestBudget? budget = null)
    {
        var granted = 0;
        for (var i = 0; i < count; i++)
        {
            var answer = (budget ?? _budget).Take(Demand(priority), CancellationToken.None).AsTask();
            Assert.True(answer.IsCompleted);
            granted += answer.Result.Granted ? 1 : 0;
        }

        return granted;
    }

    private int GrantedWithin(RequestPriority priority, int seconds)
    {
        var granted = Granted(priority, 20);
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            granted += Granted(priority, 20);
        }

        return granted;
    }

    private Task<BudgetAnswer> Ask(
        RequestPriority priority, BudgetCategory category = BudgetCategory.CallControl, double patience = 0) =>
        _budget.Take(Demand(priority, category, patience), CancellationToken.None).AsTask();
}
