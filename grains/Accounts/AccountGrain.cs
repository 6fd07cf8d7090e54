using GoTo.Api;
using Microsoft.Extensions.Options;

namespace GoTo.Accounts;

/// <summary>
/// Keeps the account's tokens in memory only: grain state can be read by operators. After a restart it logs in anew.
/// Requests queue at the grain, so one of them logs in and the others find the token, or what went wrong.
/// </summary>
[GrainType("account"), KeepAlive]
internal sealed partial class AccountGrain(GoToApi api, IOptions<GoToSettings> settings, TimeProvider time)
    : Grain, IAccountGrain, IAccountBudget, IDisposable
{
    private readonly TokenPace _pace = new(time);
    private TokenState? _tokens;
    private string _lastFailure = "too many token requests within a minute";

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
        var client = api.Tokens(settings.Value.Account(this.GetPrimaryKeyString()));
        if (step is TokenStep.Refresh)
        {
            try
            {
                _pace.Requested();
                Keep(await client.Refresh(_tokens!.RefreshToken!, cancellationToken));
                return;
            }
            catch (GoToApiException e)
                when (AccessTokenPolicy.AfterRefreshFailure(_tokens!, e, time.GetUtcNow()) is TokenStep.LogIn)
            {
                // The refresh token is used up: only the credentials help.
            }
        }
        _pace.Requested();
        Keep(await client.LogIn(cancellationToken));
    }

    private void Keep(TokenGrant grant) => _tokens = TokenState.From(grant, time.GetUtcNow(), _tokens);
}
