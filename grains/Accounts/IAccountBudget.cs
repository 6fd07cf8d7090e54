using GoTo.Api;
using Orleans.Concurrency;

namespace GoTo.Accounts;

/// <summary>An account's request budget: one for the whole cluster. Key: the account's name.</summary>
[GrainInterfaceType("account-budget"), Alias("account-budget")]
internal interface IAccountBudget : IGrainWithStringKey
{
    /// <summary>Waits until a request may leave, at most for its patience.</summary>
    [AlwaysInterleave, Alias("take")]
    Task<BudgetReply> Take(BudgetRequest request, CancellationToken cancellationToken = default);

    /// <summary>Settles what a silo's permits were used for and hands out new ones.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="held">How many of its permits it has left.</param>
    /// <returns>How many it has from now on.</returns>
    [AlwaysInterleave, Alias("hand-out")]
    Task<int> HandOut(string silo, int held);

    /// <summary>GoTo refused a request with 429.</summary>
    [AlwaysInterleave, Alias("limited")]
    Task Limited(int category, TimeSpan? retryAfter);
}

/// <summary>A request that wants to leave, and how long it has waited.</summary>
[GenerateSerializer, Immutable, Alias("account-budget.request")]
internal sealed record BudgetRequest(
    [property: Id(0)] int Category, [property: Id(1)] int Priority, [property: Id(2)] string Tenant,
    [property: Id(3)] TimeSpan Patience, [property: Id(4)] TimeSpan Waited)
{
    public static BudgetRequest Of(BudgetDemand demand, TimeSpan waited) =>
        new((int)demand.Category, (int)demand.Priority, demand.Tenant, demand.Patience, waited);

    public BudgetDemand Demand => new((BudgetCategory)Category, (RequestPriority)Priority, Tenant, Patience);
}

/// <summary>Whether a request may leave, and if not, how long it would have to wait at the least.</summary>
[GenerateSerializer, Immutable, Alias("account-budget.reply")]
internal sealed record BudgetReply([property: Id(0)] bool Granted, [property: Id(1)] TimeSpan RetryAfter);

/// <summary>The account's grain as the owner of its budget.</summary>
internal sealed class BudgetGrainOwner(IGrainFactory grains, string account) : IBudgetOwner
{
    private IAccountBudget Budget => grains.GetGrain<IAccountBudget>(account);

    public async Task<BudgetAnswer> Take(BudgetDemand demand, TimeSpan waited, CancellationToken cancellation)
    {
        var reply = await Budget.Take(BudgetRequest.Of(demand, waited), cancellation);
        return new BudgetAnswer(reply.Granted, reply.RetryAfter);
    }

    public Task<int> HandOut(string holder, int held) => Budget.HandOut(holder, held);

    public Task Limited(BudgetCategory category, TimeSpan? retryAfter) => Budget.Limited((int)category, retryAfter);
}
