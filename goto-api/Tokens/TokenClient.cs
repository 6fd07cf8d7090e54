using Microsoft.Extensions.Logging;

namespace GoTo.Api;

/// <summary>
/// Asks the token endpoint for tokens (specification section 3.3). Keeps nothing: see <see cref="TokenState"/> and
/// <see cref="AccessTokenPolicy"/> for what to do with a grant.
/// </summary>
public sealed class TokenClient
{
    private readonly ApiTransport _transport;
    private readonly GoToAccountOptions _account;
    private readonly Dialect _dialect;
    private readonly ILogger<TokenClient> _log;

    internal TokenClient(ApiTransport transport, GoToAccountOptions account, ILogger<TokenClient> log)
    {
        _log = log;
        _transport = transport;
        _account = account;
        _dialect = Dialect.Of(account);
    }

    /// <summary>
    /// Logs in by the grant that <see cref="GoToAccountOptions.Grant"/> names. Warns of the password grant, which GoTo
    /// has deprecated, and of each missing scope, once a login.
    /// </summary>
    /// <exception cref="GoToAuthenticationException">The client or the credentials were refused.</exception>
    /// <exception cref="GoToLogInRequiredException">The account's grant needs a person and a browser.</exception>
    /// <exception cref="GoToUnavailableException">The endpoint could not be reached or failed.</exception>
    /// <exception cref="GoToProtocolException">The reply holds no access token.</exception>
    public async Task<TokenGrant> LogIn(CancellationToken cancellation = default)
    {
        if (_account.Grant == LogInGrant.AuthorizationCode)
            throw new GoToLogInRequiredException();
        // A simulator has no other accounts than such.
        if (_account.Grant == LogInGrant.Password && !_account.TokenAddress.IsLoopback)
            _log.PasswordGrantDeprecated();
        var grant = await Ask(OAuth.LogIn(_account), cancellation);
        WarnOfMissingScopes(grant.Scopes);
        return grant;
    }

    /// <summary>Begins a login that a person finishes in a browser.</summary>
    /// <param name="redirectUri">
    /// Where the browser comes back to; the OAuth client has it on record. See <see cref="LoopbackRedirect"/>.
    /// </param>
    /// <exception cref="ArgumentException">The address is neither https nor loopback.</exception>
    public AuthorizationRequest BeginLogIn(Uri redirectUri)
    {
        ArgumentNullException.ThrowIfNull(redirectUri);
        return AuthorizationRequest.Begin(_account, redirectUri);
    }

    /// <summary>Exchanges what the browser brought back for tokens.</summary>
    /// <param name="begun">The login as it was begun.</param>
    /// <param name="code">The code that the browser brought; it can be used once.</param>
    /// <param name="state">The state that the browser brought.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="LogInRefusedException">The state is not the one that was given to the browser.</exception>
    /// <exception cref="GoToAuthenticationException">The client or the code was refused.</exception>
    /// <exception cref="GoToUnavailableException">The endpoint could not be reached or failed.</exception>
    /// <exception cref="GoToProtocolException">The reply holds no access token.</exception>
    public async Task<TokenGrant> CompleteLogIn(
        AuthorizationRequest begun, string code, string state, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(begun);
        ArgumentException.ThrowIfNullOrEmpty(code);
        ArgumentNullException.ThrowIfNull(state);
        if (!begun.Matches(state))
            throw new LogInRefusedException("The browser came back from another login than this one. Begin anew.");
        var grant = await Ask(OAuth.Code(_account, begun, code), cancellation);
        WarnOfMissingScopes(grant.Scopes);
        return grant;
    }

    /// <summary>Logs which scopes a token lacks, if any.</summary>
    public void WarnOfMissingScopes(IReadOnlyList<string> granted)
    {
        if (MissingScopes(granted) is { Count: > 0 } missing)
            _log.ScopesMissing(string.Join(' ', missing));
    }

    /// <summary>
    /// The scopes that the account needs and a token lacks; none when the token's reply named no scopes at all.
    /// </summary>
    /// <param name="granted">What the token may do, from <see cref="TokenGrant.Scopes"/>.</param>
    public IReadOnlyList<string> MissingScopes(IReadOnlyList<string> granted)
    {
        ArgumentNullException.ThrowIfNull(granted);
        return granted.Count == 0 ? [] : [.. (_account.RequiredScopes ?? _dialect.RequiredScopes).Except(granted)];
    }

    /// <summary>Asks for a new access token (RFC 6749 section 6).</summary>
    /// <param name="refreshToken">The latest refresh token.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="GoToAuthenticationException">
    /// Refused; <see cref="GoToAuthenticationException.IsInvalidGrant"/> says that only a new login helps.
    /// </exception>
    /// <exception cref="GoToUnavailableException">The endpoint could not be reached or failed.</exception>
    /// <exception cref="GoToProtocolException">The reply holds no access token.</exception>
    public Task<TokenGrant> Refresh(string refreshToken, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(refreshToken);
        return Ask(OAuth.Refresh(_account, refreshToken), cancellation);
    }

    private async Task<TokenGrant> Ask(ApiRequest request, CancellationToken cancellation)
    {
        var reply = await _transport.Send(request, _account, tokens: null, cancellation);
        return OAuth.Read(reply);
    }
}
