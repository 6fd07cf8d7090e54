namespace GoTo.Api;

/// <summary>
/// Where the clients take an account's access token from. Whoever implements it sees to it that one account logs in
/// once, however many clients ask.
/// </summary>
public interface IAccessTokenSource
{
    /// <summary>A token that is good for the next request.</summary>
    ValueTask<string> GetAccessToken(CancellationToken cancellation);

    /// <summary>
    /// The server refused this token with 401. The next <see cref="GetAccessToken"/> must not return it again; a report
    /// about a token that is no longer the present one is to be ignored.
    /// </summary>
    ValueTask Rejected(string token, CancellationToken cancellation);
}
