using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GoTo.Simulator.Cloud;

/// <summary>The access and refresh tokens that were given out.</summary>
internal sealed class CloudTokens(GoToCloudOptions options, TimeProvider time, CloudIds ids)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (CloudAccount Account, DateTimeOffset ExpiresAt)> _access = [];
    private readonly Dictionary<string, (CloudAccount Account, DateTimeOffset CreatedAt)> _refresh = [];
    private readonly Dictionary<string, AuthorizationCode> _codes = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _access.Count;
        }
    }

    public (string Access, string Refresh) LogIn(CloudAccount account)
    {
        lock (_gate)
        {
            var refresh = NewRefresh(account);
            return (NewAccess(account), refresh);
        }
    }

    /// <summary>A code for a person who logged in by browser; good for one exchange within a minute.</summary>
    public string NewCode(CloudAccount account, string redirectUri, string? challenge)
    {
        lock (_gate)
        {
            var code = ids.New("simac", 24);
            _codes[code] = new AuthorizationCode(account, redirectUri, challenge, time.GetUtcNow().AddMinutes(1));
            return code;
        }
    }

    /// <summary>Exchanges a code; null when it is unknown, used, too old, of another client or redirect, or unproven.</summary>
    public (string Access, string Refresh, CloudAccount Account)? Exchange(
        string code, string? clientId, string redirectUri, string verifier)
    {
        lock (_gate)
        {
            if (!_codes.Remove(code, out var found) || found.ExpiresAt <= time.GetUtcNow()
                || found.Account.ClientId != clientId || found.RedirectUri != redirectUri
                || (found.Challenge is { } challenge
                    && challenge != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))))
            {
                return null;
            }

            var (access, refresh) = LogIn(found.Account);
            return (access, refresh, found.Account);
        }
    }

    /// <summary>
    /// A new access token, and a new refresh token where the old one has had its time; null for one that is unknown or
    /// too old.
    /// </summary>
    public (string Access, string? Refresh, CloudAccount Account)? Refresh(string refreshToken, string? clientId)
    {
        lock (_gate)
        {
            if (!_refresh.TryGetValue(refreshToken, out var known) || known.Account.ClientId != clientId)
                return null;
            var (account, age) = (known.Account, time.GetUtcNow() - known.CreatedAt);
            if (age < options.RefreshTokenLifetime * options.RefreshTokenRotatesAfter)
                return (NewAccess(account), null, account);
            _refresh.Remove(refreshToken);
            return age < options.RefreshTokenLifetime ? (NewAccess(account), NewRefresh(account), account) : null;
        }
    }

    /// <summary>The account that a request's bearer token is for, which must have a scope.</summary>
    /// <exception cref="CloudRefusal">There is no token, it is unknown or expired, or lacks the scope.</exception>
    public CloudAccount Authorize(HttpContext context, string scope) =>
        Authorize(context) is var account && account.Scopes.Contains(scope)
            ? account
            : throw new CloudRefusal(403, "AUTHZ_INSUFFICIENT_SCOPE", $"The token lacks the scope {scope}.");

    /// <summary>The account that a request's bearer token is for.</summary>
    /// <exception cref="CloudRefusal">There is no token, or it is unknown or expired.</exception>
    public CloudAccount Authorize(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            throw new CloudRefusal(401, "AUTHN_UNSUPPORTED_SCHEME", "A bearer token is required.");
        return Authorize(header["Bearer ".Length..].Trim());
    }

    /// <summary>The account that a token is for.</summary>
    /// <exception cref="CloudRefusal">It is unknown or expired.</exception>
    public CloudAccount Authorize(string token)
    {
        lock (_gate)
        {
            if (!_access.TryGetValue(token, out var found))
                throw new CloudRefusal(401, "AUTHN_INVALID_TOKEN", "The access token is not valid.");
            return time.GetUtcNow() < found.ExpiresAt
                ? found.Account
                : throw new CloudRefusal(401, "AUTHN_EXPIRED_TOKEN", "The access token has expired.");
        }
    }

    /// <summary>Makes all access tokens expire now; refresh tokens too if asked.</summary>
    public void ExpireAll(bool refreshTokensToo)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var token in _access.Keys.ToArray())
                _access[token] = (_access[token].Account, now);
            if (refreshTokensToo)
                _refresh.Clear();
        }
    }

    private string NewRefresh(CloudAccount account)
    {
        var token = ids.New("simrt", 24);
        _refresh[token] = (account, time.GetUtcNow());
        return token;
    }

    private string NewAccess(CloudAccount account)
    {
        var token = ids.New("simat", 24);
        _access[token] = (account, time.GetUtcNow() + options.TokenLifetime);
        return token;
    }

    private sealed record AuthorizationCode(
        CloudAccount Account, string RedirectUri, string? Challenge, DateTimeOffset ExpiresAt);
}
