using GoTo.Api;

namespace GoTo.Accounts;

/// <summary>An account's tokens, from its one grain.</summary>
internal sealed class ClusterAccessTokens(IGrainFactory grains, string account) : IAccessTokenSource
{
    private IAccountGrain Account => grains.GetGrain<IAccountGrain>(account);

    public async ValueTask<string> GetAccessToken(CancellationToken cancellation)
    {
        var reply = await Account.GetAccessToken(cancellation);
        return reply.Token ?? throw new AccountAccessException(account, reply.Failure ?? "no reason given");
    }

    public ValueTask Rejected(string token, CancellationToken cancellation) => new(Account.Reject(token));
}
