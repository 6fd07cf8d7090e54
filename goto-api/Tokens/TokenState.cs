namespace GoTo.Api;

/// <summary>
/// What is known of an account's tokens at one moment: the fold over the grants received so far. Pure; whoever owns the
/// account keeps and persists it (encrypted: both tokens are secrets).
/// </summary>
/// <param name="AccessToken">The bearer token. Secret.</param>
/// <param name="RefreshToken">The latest refresh token seen, or null. Secret.</param>
/// <param name="ObtainedAt">When the access token was obtained.</param>
/// <param name="ExpiresAt">When the access token ends.</param>
/// <param name="Scopes">What the token may do, as last told.</param>
/// <param name="AccountKey">The account's key, as last told.</param>
public sealed record TokenState(
    string AccessToken,
    string? RefreshToken,
    DateTimeOffset ObtainedAt,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<string> Scopes,
    string? AccountKey)
{
    /// <summary>How long the access token lives in all.</summary>
    public TimeSpan Lifetime => ExpiresAt - ObtainedAt;

    /// <summary>
    /// Takes in a grant. What the reply leaves out is kept from before: a refresh reply normally carries no refresh
    /// token and no account key, and forgetting them would force a login or a request for a nameless account.
    /// </summary>
    public static TokenState From(TokenGrant grant, DateTimeOffset now, TokenState? previous = null)
    {
        ArgumentNullException.ThrowIfNull(grant);
        return new TokenState(
            grant.AccessToken,
            grant.RefreshToken ?? previous?.RefreshToken,
            now,
            now + grant.ExpiresIn,
            grant.Scopes.Count > 0 ? grant.Scopes : previous?.Scopes ?? [],
            grant.AccountKey ?? previous?.AccountKey);
    }

    /// <summary>The state after the server refused this access token: it counts as expired, the rest is kept.</summary>
    /// <param name="rejected">The token that was refused; another one than the present changes nothing.</param>
    /// <param name="now">The present moment.</param>
    public TokenState Reject(string rejected, DateTimeOffset now) =>
        string.Equals(rejected, AccessToken, StringComparison.Ordinal) && ExpiresAt > now
            ? this with { ExpiresAt = now }
            : this;

    /// <summary>Tells everything but the tokens.</summary>
    public override string ToString() =>
        $"TokenState {{ ExpiresAt = {ExpiresAt:O}, HasRefreshToken = {RefreshToken is not null}, "
        + $"AccountKey = {AccountKey} }}";
}
