using GoTo.Api;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace GoTo.Accounts;

/// <summary>
/// Keeps the account's tokens, in storage encrypted, so that a restart goes on with them. Requests queue at the grain, so
/// one of them logs in and the others find the token, or what went wrong.
/// </summary>
[GrainType("account"), KeepAlive]
internal sealed partial class AccountGrain(
    [PersistentState("account", "calls")] IPersistentState<AccountState> stored,
    GoToApi api, IOptions<GoToSettings> settings, TokenSeal seal, TimeProvider time, ILogger<AccountGrain> logger)
    : Grain, IAccountGrain, IAccountLogInGrain, IAccountBudget, IDisposable
{
    private readonly TokenPace _pace = new(time);
    private TokenState? _tokens;
    private string _lastFailure = "too many token requests within a minute";

    private GoToAccountOptions Options => settings.Value.Account(this.GetPrimaryKeyString());

    private TokenClient Client => api.Tokens(Options);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        TakeUpStored();
        if (_tokens is { } tokens) Client.WarnOfMissingScopes(tokens.Scopes);
        return Task.CompletedTask;
    }

    public async Task<AccessTokenReply> GetAccessToken(CancellationToken cancellationToken = default)
    {
        var step = AccessTokenPolicy.Next(_tokens, time.GetUtcNow());
        if (step is not TokenStep.Use)
        {
            if (_pace.Wait is { Ticks: > 0 } wait)
                return Present() ?? new AccessTokenReply(null, default, $"{_lastFailure} Next attempt in {wait.TotalSeconds:0.#} s.");
            try
            {
                await Renew(step, cancellationToken);
                _pace.Succeeded();
            }
            catch (GoToApiException e)
            {
                _pace.Failed((e as GoToRateLimitedException)?.RetryAfter);
                _lastFailure = e.Message;
                return Present() ?? new AccessTokenReply(null, default, e.Message);
            }
        }
        return Present() ?? new AccessTokenReply(null, default, "GoTo gave a token that is over already.");
    }

    public Task Reject(string token)
    {
        _tokens = _tokens?.Reject(token, time.GetUtcNow());
        return Task.CompletedTask;
    }

    /// <summary>The token at hand, as long as it lives; GoTo takes it until then.</summary>
    private AccessTokenReply? Present() => _tokens is { } tokens && time.GetUtcNow() < tokens.ExpiresAt
        ? new AccessTokenReply(
            tokens.AccessToken, tokens.ExpiresAt - AccessTokenPolicy.Buffer(tokens.Lifetime), null, tokens.AccountKey)
        : null;

    private async Task Renew(TokenStep step, CancellationToken cancellationToken)
    {
        var client = Client;
        if (step is TokenStep.Refresh)
        {
            try
            {
                _pace.Requested();
                await Keep(await client.Refresh(_tokens!.RefreshToken!, cancellationToken));
                return;
            }
            catch (GoToApiException e)
                when (AccessTokenPolicy.AfterRefreshFailure(_tokens!, e, time.GetUtcNow()) is TokenStep.LogIn)
            {
                // The refresh token is used up: only the credentials help.
            }
        }
        _pace.Requested();
        await Keep(await client.LogIn(cancellationToken));
    }

    /// <summary>Keeps a grant, first in memory: GoTo's word counts whether or not the storage takes it.</summary>
    private async Task Keep(TokenGrant grant)
    {
        _tokens = TokenState.From(grant, time.GetUtcNow(), _tokens);
        stored.State = new AccountState { SealedTokens = seal.Seal(Options, _tokens) };
        try
        {
            await stored.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            // Another activation came first; the next one reads what it left.
            DeactivateOnIdle();
        }
        catch (Exception e)
        {
            logger.TokensNotStored(this.GetPrimaryKeyString(), e.Message);
        }
    }

    private void TakeUpStored()
    {
        if (!settings.Value.Accounts.TryGetValue(this.GetPrimaryKeyString(), out var account)) return;
        _tokens = seal.Open(account, stored.State.SealedTokens);
        if (_tokens is null && stored.State.SealedTokens is not null) logger.TokensNotReadable(this.GetPrimaryKeyString());
    }
}

internal static partial class AccountLog
{
    [LoggerMessage(1180, LogLevel.Warning, "Account {Account}: its tokens could not be stored; after a restart it logs in anew. {Detail}")]
    public static partial void TokensNotStored(this ILogger<AccountGrain> logger, string account, string detail);

    [LoggerMessage(1181, LogLevel.Warning,
        "Account {Account}: the stored tokens are of other credentials or their key is gone; it logs in anew")]
    public static partial void TokensNotReadable(this ILogger<AccountGrain> logger, string account);
}
