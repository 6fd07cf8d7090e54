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

    public async ValueTask<string> GetAccessToken(CancellationToken cancellation) => (await Get(cancellation)).Token!;

    /// <summary>The account's key as GoTo told it with the token; null when it did not.</summary>
    public async ValueTask<string?> GetAccountKey(CancellationToken cancellation) => (await Get(cancellation)).AccountKey;

    private async ValueTask<AccessTokenReply> Get(CancellationToken cancellation)
    {
        if (_present is { Token: not null } present && time.GetUtcNow() < present.UseUntil) return present;
        var reply = await Account.GetAccessToken(cancellation);
        _present = reply;
        return reply.Token is not null ? reply : throw new AccountAccessException(account, reply.Failure ?? "no reason given");
    }

    public ValueTask Rejected(string token, CancellationToken cancellation)
    {
        if (_present?.Token == token) _present = null;
        return new ValueTask(Account.Reject(token));
    }
}
