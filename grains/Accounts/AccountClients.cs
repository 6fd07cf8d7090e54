using System.Collections.Concurrent;
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

    private ClusterAccessTokens Tokens(string account) =>
        _tokens.GetOrAdd(account, name => new ClusterAccessTokens(grains, name, time));
}
