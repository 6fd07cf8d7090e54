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

    internal TokenClient(ApiTransport transport, GoToAccountOptions account)
    {
        _transport = transport;
        _account = account;
        _dialect = Dialect.Of(account);
    }

    /// <summary>
    /// Logs in with the service user's credentials: the password grant, which GoTo has deprecated for new clients.
    /// </summary>
    /// <exception cref="GoToAuthenticationException">The client or the credentials were refused.</exception>
    /// <exception cref="GoToUnavailableException">The endpoint could not be reached or failed.</exception>
    /// <exception cref="GoToProtocolException">The reply holds no access token.</exception>
    public Task<TokenGrant> LogIn(CancellationToken cancellation = default) =>
        Ask(_dialect.PasswordGrant(_account), cancellation);

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
        return Ask(_dialect.RefreshGrant(_account, refreshToken), cancellation);
    }

    private async Task<TokenGrant> Ask(ApiRequest request, CancellationToken cancellation)
    {
        var reply = await _transport.Send(request, _account, tokens: null, cancellation);
        return _dialect.ReadGrant(reply);
    }
}
