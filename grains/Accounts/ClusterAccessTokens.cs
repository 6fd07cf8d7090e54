using GoTo.Api;

namespace GoTo.Accounts;

/// <summary>
/// An account's tokens, from its one grain. Each silo keeps the present token at hand: requests do not queue at the grain,
/// and a silo that is shutting down, whose grains can no longer be called, can still take its leave of GoTo.
/// </summary>
internal sealed class ClusterAccessTokens(IGrainFactory grains, string account, TimeProvider time) : IAccessTokenSource
{
    private volatile AccessTokenReply? _present;

    private IAccountGrain Account => grains.GetGrain<IAccountGrain>(account);

    public async ValueTask<string> GetAccessToken(CancellationToken cancellation)
    {
        if (_present is { Token: { } token } present && time.GetUtcNow() < present.UseUntil) return token;
        var reply = await Account.GetAccessToken(cancellation);
        _present = reply;
        return reply.Token ?? throw new AccountAccessException(account, reply.Failure ?? "no reason given");
    }

    public ValueTask Rejected(string token, CancellationToken cancellation)
    {
        if (_present?.Token == token) _present = null;
        return new ValueTask(Account.Reject(token));
    }
}
