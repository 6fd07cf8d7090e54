using GoTo.Api;

namespace GoTo.Accounts;

/// <summary>
/// The account's request budget, in memory: what a dead silo knew of the last minute is lost, and a 429 tells what it
/// was.
/// </summary>
internal sealed partial class AccountGrain
{
    private RequestBudget? _budget;

    private RequestBudget Budget => _budget ??= new RequestBudget(RequestLimits.Of(Options), time);

    public async Task<BudgetReply> Take(BudgetRequest request, CancellationToken cancellationToken = default)
    {
        var answer = await Budget.Take(request.Demand, request.Waited, cancellationToken);
        return new BudgetReply(answer.Granted, answer.RetryAfter);
    }

    public Task<int> HandOut(string silo, int held) => Task.FromResult(Budget.HandOut(silo, held));

    public Task Limited(int category, TimeSpan? retryAfter)
    {
        Budget.Limited((BudgetCategory)category, retryAfter);
        return Task.CompletedTask;
    }

    public void Dispose() => _budget?.Dispose();
}
