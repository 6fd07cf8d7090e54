namespace GoTo.Api.Tests;

/// <summary>What is repeated, how often and when (decisions C23 and C24).</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(429)]
    public async Task A_read_is_repeated_until_it_succeeds(int status)
    {
        using var cloud = new CannedCloud()
            .Replies(status).Replies(status).Replies(200, """{"callId":"c1","state":"ringing"}""");

        Assert.Equal(CallState.Ringing, (await cloud.Calls.Get("c1", Given.Cancellation)).State);
        Assert.Equal(3, cloud.Requests.Count);
    }

    [Fact]
    public async Task A_read_that_keeps_failing_is_given_up_after_four_attempts()
    {
        using var cloud = new CannedCloud().Replies(503, "<html>down</html>", "text/html");

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(
            () => cloud.Calls.Get("c1", Given.Cancellation));

        Assert.False(failure.OutcomeUnknown);
        Assert.Equal(4, cloud.Requests.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task An_answer_that_may_have_been_carried_out_is_not_repeated(int status)
    {
        using var cloud = new CannedCloud().Replies(status);

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(() => Answer(cloud));

        Assert.True(failure.OutcomeUnknown);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task An_answer_whose_connection_broke_is_not_repeated()
    {
        using var cloud = new CannedCloud().Fails(HttpRequestError.ResponseEnded);

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(() => Answer(cloud));

        Assert.True(failure.OutcomeUnknown);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task An_answer_that_never_left_is_repeated()
    {
        using var cloud = new CannedCloud()
            .Fails(HttpRequestError.ConnectionError).Fails(HttpRequestError.NameResolutionError)
            .Replies(200, """{"state":"connected"}""");

        Assert.Equal(CallState.Connected, (await Answer(cloud)).State);
        Assert.Equal(3, cloud.Requests.Count);
    }

    [Fact]
    public async Task An_answer_that_finds_no_connection_at_all_was_surely_not_carried_out()
    {
        using var cloud = new CannedCloud().Fails(HttpRequestError.ConnectionError);

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(() => Answer(cloud));

        Assert.False(failure.OutcomeUnknown);
        Assert.Null(failure.StatusCode);
        Assert.Contains("https://goto.example", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hanging_up_is_repeated_when_the_connection_broke()
    {
        using var cloud = new CannedCloud()
            .Fails(HttpRequestError.ResponseEnded).Replies(200, """{"state":"ended"}""");

        var ended = await cloud.Calls.HangUp("c1", HangUpReason.Busy, Given.Cancellation);

        Assert.Equal(CallState.Ended, ended.State);
        Assert.All(cloud.Requests, request => Assert.Equal("""{"reason":"busy"}""", request.Body));
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Fact]
    public async Task Retry_After_in_seconds_is_waited_for_even_by_an_answer()
    {
        using var cloud = new CannedCloud()
            .Replies(429, retryAfter: "7").Replies(200, """{"state":"connected"}""");

        await Answer(cloud);

        Assert.Contains(TimeSpan.FromSeconds(7), cloud.Time.Waits);
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Fact]
    public async Task Retry_After_as_a_date_is_waited_for()
    {
        using var cloud = new CannedCloud();
        cloud.Replies(503, retryAfter: cloud.Time.GetUtcNow().AddSeconds(8).ToString("R"))
            .Replies(200, """{"state":"connected"}""");

        await Answer(cloud);

        Assert.Contains(cloud.Time.Waits, wait => wait > TimeSpan.FromSeconds(5) && wait <= TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_long_Retry_After_is_the_callers_to_wait_for()
    {
        using var cloud = new CannedCloud().Replies(429, """{"message":"slow down"}""", retryAfter: "60");

        var limited = await Assert.ThrowsAsync<GoToRateLimitedException>(
            () => cloud.Calls.Get("c1", Given.Cancellation));

        Assert.Equal(TimeSpan.FromMinutes(1), limited.RetryAfter);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task An_illegible_Retry_After_is_as_good_as_none()
    {
        using var cloud = new CannedCloud()
            .Replies(429, retryAfter: "soon").Replies(200, """{"state":"connected"}""");

        Assert.Equal(CallState.Connected, (await Answer(cloud)).State);
    }

    [Fact]
    public async Task Giving_up_is_heard_at_once()
    {
        using var cloud = new CannedCloud().Replies(429, retryAfter: "9");
        using var patience = new CancellationTokenSource();
        var asking = cloud.Calls.Get("c1", patience.Token);
        await Wait.Until(() => Task.FromResult(cloud.Requests.Count > 0));

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Waits_are_drawn_whole_from_under_a_ceiling_that_doubles()
    {
        var waits = new List<TimeSpan>();
        for (var round = 0; round < 20; round++)
        {
            using var cloud = new CannedCloud().Replies(503);
            await Assert.ThrowsAsync<GoToUnavailableException>(() => cloud.Calls.Get("c1", Given.Cancellation));
            waits.AddRange(cloud.Time.Waits.Where(
                wait => wait > TimeSpan.Zero && wait < TimeSpan.FromSeconds(5)));
        }

        // 0.4, 0.8 and 1.6 s are the ceilings; a fixed share of each would never come near zero.
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(1.6)));
        Assert.Contains(waits, wait => wait > TimeSpan.FromSeconds(0.8));
        Assert.Contains(waits, wait => wait < TimeSpan.FromSeconds(0.2));
    }

    [Fact]
    public async Task Every_attempt_draws_on_the_budget_and_a_429_is_told_to_it()
    {
        using var cloud = new CannedCloud().Replies(503).Replies(429, retryAfter: "3").Replies(200, "{}");
        var budget = new ScriptedBudget();

        await cloud.Api.WebCalls(cloud.Account, cloud, budget, "tenant-1").Hold("c1", Given.Cancellation);

        var demand = new BudgetDemand(
            BudgetCategory.CallControl, RequestPriority.Control, "tenant-1", TimeSpan.FromSeconds(5));
        Assert.Equal([demand, demand, demand], budget.Demands);
        Assert.Equal((BudgetCategory.CallControl, TimeSpan.FromSeconds(3)), Assert.Single(budget.Refusals));
    }

    [Fact]
    public async Task A_request_that_the_budget_refuses_is_not_sent()
    {
        using var cloud = new CannedCloud().Replies(200, "{}");
        var budget = new ScriptedBudget { Answer = new BudgetAnswer(false, TimeSpan.FromSeconds(9)) };

        var refused = await Assert.ThrowsAsync<GoToRateLimitedException>(
            () => cloud.Api.WebCalls(cloud.Account, cloud, budget).Get("c1", Given.Cancellation));

        Assert.Equal(("REQUEST_BUDGET", TimeSpan.FromSeconds(9)), (refused.Code, refused.RetryAfter));
        Assert.Empty(cloud.Requests);
    }

    private sealed class ScriptedBudget : IRequestBudget
    {
        public BudgetAnswer Answer { get; init; } = BudgetAnswer.Go;

        public List<BudgetDemand> Demands { get; } = [];

        public List<(BudgetCategory Category, TimeSpan? RetryAfter)> Refusals { get; } = [];

        public ValueTask<BudgetAnswer> Take(BudgetDemand demand, CancellationToken cancellation)
        {
            Demands.Add(demand);
            return ValueTask.FromResult(Answer);
        }

        public void Limited(BudgetCategory category, TimeSpan? retryAfter) => Refusals.Add((category, retryAfter));
    }

    private static Task<CallSnapshot> Answer(CannedCloud cloud) =>
        cloud.Calls.Answer("c1", Sdp.Answer, Given.Cancellation);
}
