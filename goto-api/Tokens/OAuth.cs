namespace GoTo.Api;

/// <summary>
/// The token endpoint's requests and replies (specification section 3.3; RFC 6749), which are the same whichever form of
/// GoTo's API is spoken. Pure.
/// </summary>
internal static class OAuth
{
    /// <summary>The request for a first token, by the grant that the options name.</summary>
    public static ApiRequest LogIn(GoToAccountOptions account) => account.Grant switch
    {
        LogInGrant.PersonalAccessToken => Grant(
            account,
            "log in",
            [account.PersonalAccessToken],
            new("grant_type", "personal_access_token"),
            new("pat", account.PersonalAccessToken ?? "")),
        _ => Grant(
            account,
            "log in",
            [account.Password],
            new("grant_type", "password"),
            new("username", account.Username),
            new("password", account.Password)),
    };

    /// <summary>The page where a person logs in (RFC 6749 section 4.1.1, RFC 7636 section 4.3).</summary>
    public static Uri AuthorizeAddress(GoToAccountOptions account, Uri redirectUri, string state, string challenge)
    {
        var query = new List<(string Name, string Value)>
        {
            ("response_type", "code"),
            ("client_id", account.ClientId),
            ("redirect_uri", redirectUri.AbsoluteUri),
            ("state", state),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        };
        // Unless told otherwise no scope is named, which asks for all that the client has: naming some would take away
        // others (decision part d.5).
        if (account.RequiredScopes is { Count: > 0 } scopes)
            query.Add(("scope", string.Join(' ', scopes)));
        return new UriBuilder(account.AuthorizeAddress)
        {
            Query = string.Join('&', query.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}")),
        }.Uri;
    }

    // A code can be used once: a repeat would be refused, and may revoke what the first attempt gave.
    public static ApiRequest Code(GoToAccountOptions account, AuthorizationRequest begun, string code) => Grant(
        account,
        "log in",
        [code, begun.Verifier],
        new("grant_type", "authorization_code"),
        new("code", code),
        new("redirect_uri", begun.RedirectUri.AbsoluteUri),
        new("code_verifier", begun.Verifier)) with
    {
        Repeat = RepeatClass.Never,
    };

    public static ApiRequest Refresh(GoToAccountOptions account, string refreshToken) => Grant(
        account,
        "refresh the token",
        [refreshToken],
        new("grant_type", "refresh_token"),
        new("refresh_token", refreshToken));

    public static TokenGrant Read(ApiReply reply)
    {
        var json = reply.RequireObject();
        var expiresIn = json.Seconds("expires_in") ?? TimeSpan.FromHours(1);
        if (expiresIn <= TimeSpan.Zero)
            throw reply.Broken("'expires_in' is not a positive number of seconds", "expires_in");
        return new TokenGrant(
            reply.RequireText("access_token"),
            json.Text("refresh_token"),
            expiresIn,
            json.Words("scope") ?? [],
            json.Text("account_key"),
            json.Text("organizer_key"),
            json.Text("principal"));
    }

    private static ApiRequest Grant(
        GoToAccountOptions account, string operation, string?[] secrets,
        params ReadOnlySpan<KeyValuePair<string, string>> fields)
    {
        var form = new List<KeyValuePair<string, string>>([.. fields]);
        var basic = account.ClientSecret is not null && account.ClientAuthentication == ClientAuthentication.Basic;
        if (!basic)
            form.Add(new("client_id", account.ClientId));
        if (!basic && account.ClientSecret is { } secret)
            form.Add(new("client_secret", secret));
        return new ApiRequest(operation, HttpMethod.Post, account.TokenAddress, RepeatClass.Idempotent)
        {
            Form = form,
            BasicCredentials = basic ? $"{account.ClientId}:{account.ClientSecret}" : null,
            Secrets = secrets,
        };
    }
}
