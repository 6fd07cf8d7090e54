using GoTo.Api;
using Microsoft.Extensions.Options;

namespace GoTo.Accounts;

/// <summary>
/// Keeps the account's tokens in memory only: grain state can be read by operators. After a restart it logs in anew.
/// Requests queue at the grain, so one of them logs in and the others find the token.
/// </summary>
[GrainType("account"), KeepAlive]
internal sealed class AccountGrain(GoToApi api, IOptions<GoToSettings> settings, TimeProvider time) : Grain, IAccountGrain
{
    private TokenState? _tokens;

    public async Task<AccessTokenReply> GetAccessToken(CancellationToken cancellationToken = default)
    {
        var client = api.Tokens(settings.Value.Account(this.GetPrimaryKeyString()));
        try
        {
            var step = AccessTokenPolicy.Next(_tokens, time.GetUtcNow());
            if (step is TokenStep.Refresh) step = await Refresh(client, _tokens!, cancellationToken);
            if (step is TokenStep.LogIn) Keep(await client.LogIn(cancellationToken));
            var tokens = _tokens!;
            return new AccessTokenReply(tokens.AccessToken, tokens.ExpiresAt - AccessTokenPolicy.Buffer(tokens.Lifetime), null);
        }
        catch (GoToApiException e)
        {
            return new AccessTokenReply(null, default, e.Message);
        }
    }

    public Task Reject(string token)
    {
        _tokens = _tokens?.Reject(token, time.GetUtcNow());
        return Task.CompletedTask;
    }

    private async Task<TokenStep> Refresh(TokenClient client, TokenState old, CancellationToken cancellationToken)
    {
        try
        {
            Keep(await client.Refresh(old.RefreshToken!, cancellationToken));
            return TokenStep.Use;
        }
        catch (GoToApiException e)
        {
            var next = AccessTokenPolicy.AfterRefreshFailure(old, e, time.GetUtcNow());
            if (next is TokenStep.Fail) throw;
            return next;
        }
    }

    private void Keep(TokenGrant grant) => _tokens = TokenState.From(grant, time.GetUtcNow(), _tokens);
}
