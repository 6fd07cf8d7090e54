using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using GoTo.Api;
using Microsoft.Extensions.Options;

namespace GoTo.Accounts;

/// <summary>GoTo's cloud, as one of the configured accounts sees it.</summary>
internal sealed class AccountClients(GoToApi api, IGrainFactory grains, IOptions<GoToSettings> settings, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ClusterAccessTokens> _tokens = new(StringComparer.Ordinal);

    /// <summary>The accounts' names.</summary>
    public IReadOnlyCollection<string> Names => settings.Value.Accounts.Keys;

    public WebCallsClient WebCalls(string account) => api.WebCalls(settings.Value.Account(account), Tokens(account));

    public EventStream OpenEventStream(string account) =>
        api.OpenEventStream(settings.Value.Account(account), Tokens(account));

    /// <summary>The account's lines, with their numbers.</summary>
    /// <exception cref="AccountAccessException">The account has no token, or nobody has told its account key.</exception>
    public async IAsyncEnumerable<Line> Lines(string account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (options, tokens) = (settings.Value.Account(account), Tokens(account));
        var key = options.AccountKey ?? await tokens.GetAccountKey(cancellation)
            ?? throw new AccountAccessException(account, $"set GoTo:Accounts:{account}:AccountKey, since GoTo does not tell it.");
        await foreach (var line in api.Lines(options, tokens).List(key, cancellation)) yield return line;
    }

    private ClusterAccessTokens Tokens(string account) =>
        _tokens.GetOrAdd(account, name => new ClusterAccessTokens(grains, name, time));
}
