namespace GoTo.Api;

/// <summary>How one account's requests are sent: as whom, on which budget, on behalf of which tenant.</summary>
/// <param name="Transport">Sends them.</param>
/// <param name="Account">Where to and as whom.</param>
/// <param name="Tokens">Where the access token comes from.</param>
/// <param name="Budget">What may leave; null when nobody counts.</param>
/// <param name="Tenant">Whose share of the budget they draw on.</param>
internal sealed record ApiSession(
    ApiTransport Transport, GoToAccountOptions Account, IAccessTokenSource Tokens, IRequestBudget? Budget, string Tenant)
{
    public Dialect Dialect { get; } = Dialect.Of(Account);

    public Task<ApiReply> Send(
        ApiRequest request, BudgetCategory category, RequestPriority priority, CancellationToken cancellation) =>
        Transport.Send(
            Budget is null
                ? request
                : request with
                {
                    Budget = new BudgetedRequest(
                        Budget, new BudgetDemand(category, priority, Tenant, BudgetDemand.PatienceOf(priority))),
                },
            Account,
            Tokens,
            cancellation);
}
