using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using GoTo.Api;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Accounts;

/// <summary>GoTo's cloud, as one of the configured accounts sees it.</summary>
internal sealed class AccountClients(
    GoToApi api, IGrainFactory grains, ILocalSiloDetails silo, IOptions<GoToSettings> settings, TimeProvider time,
    ILogger<ClusterBudget> budgetLog) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly ConcurrentDictionary<string, ClusterAccessTokens> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<ClusterBudget>> _budgets = new(StringComparer.Ordinal);

    /// <summary>The accounts' names.</summary>
    public IReadOnlyCollection<string> Names => settings.Value.Accounts.Keys;

    /// <param name="account">The account's name.</param>
    /// <param name="tenant">Whose share of the request budget is drawn on; empty when nobody's in particular.</param>
    public WebCallsClient WebCalls(string account, string tenant = "") =>
        api.WebCalls(settings.Value.Account(account), Tokens(account), Budget(account), tenant);

    public EventStream OpenEventStream(string account) =>
        api.OpenEventStream(settings.Value.Account(account), Tokens(account), budget: Budget(account));

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(AccountClients), ServiceLifecycleStage.Active, _ => Task.CompletedTask, Leave);

    private Task Leave(CancellationToken cancellationToken)
    {
        foreach (var budget in _budgets.Values) budget.Value.Leave();
        return Task.CompletedTask;
    }

    /// <summary>The account's lines, with their numbers.</summary>
    /// <exception cref="AccountAccessException">The account has no token, or nobody has told its account key.</exception>
    public async IAsyncEnumerable<Line> Lines(string account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (options, tokens) = (settings.Value.Account(account), Tokens(account));
        var key = options.AccountKey ?? await tokens.GetAccountKey(cancellation)
            ?? throw new AccountAccessException(account, $"set GoTo:Accounts:{account}:AccountKey, since GoTo does not tell it.");
        await foreach (var line in api.Lines(options, tokens, Budget(account)).List(key, cancellation)) yield return line;
    }

    private ClusterAccessTokens Tokens(string account) =>
        _tokens.GetOrAdd(account, name => new ClusterAccessTokens(grains, name, time));

    private ClusterBudget Budget(string account) => _budgets.GetOrAdd(account, name => new(() => new ClusterBudget(
        new BudgetGrainOwner(grains, name), silo.SiloAddress.ToParsableString(), time, budgetLog))).Value;
}
