namespace GoTo.Api;

/// <summary>
/// What an account may still ask of GoTo (specification section 9). Every request asks here before it leaves, retries
/// included. Whoever implements it sees to it that all programs of the account draw on one budget.
/// </summary>
public interface IRequestBudget
{
    /// <summary>Waits until the request may leave, at most for its patience.</summary>
    ValueTask<BudgetAnswer> Take(BudgetDemand demand, CancellationToken cancellation);

    /// <summary>GoTo refused a request with 429: somebody else draws on the same limit, or it is lower than we think.</summary>
    /// <param name="category">What GoTo counted it as.</param>
    /// <param name="retryAfter">How long GoTo asks us to wait, or null when it does not say.</param>
    void Limited(BudgetCategory category, TimeSpan? retryAfter);
}
