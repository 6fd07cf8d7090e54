using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>The token endpoint (specification section 3.3; RFC 6749 sections 4.3, 5 and 6).</summary>
internal static class TokenEndpoint
{
    public static void MapTokens(this IEndpointRouteBuilder routes, CloudState state)
    {
        routes.MapPost("/oauth/token", (HttpContext context) => Grant(context, state));
        routes.MapGet("/oauth/authorize", (HttpContext context) => Authorize(context, state));
    }

    /// <summary>
    /// The page where a person logs in (RFC 6749 section 4.1.1): whoever comes is the service user and agrees, so the
    /// browser goes straight back.
    /// </summary>
    private static void Authorize(HttpContext context, CloudState state)
    {
        var query = context.Request.Query;
        var account = state.Options.Accounts.FirstOrDefault(account => account.ClientId == query["client_id"])
            ?? throw CloudRefusal.BadRequest("There is no such client.", "invalid_client");
        if (query["response_type"] != "code")
            throw CloudRefusal.BadRequest("'response_type' must be code.", "unsupported_response_type");
        if (!Uri.TryCreate(query["redirect_uri"], UriKind.Absolute, out var redirect))
            throw CloudRefusal.BadRequest("'redirect_uri' is missing.", "invalid_request");
        if (query["code_challenge"].Count > 0 && query["code_challenge_method"] != "S256")
            throw CloudRefusal.BadRequest("'code_challenge_method' must be S256.", "invalid_request");
        var code = state.Tokens.NewCode(account, redirect.AbsoluteUri, query["code_challenge"]);
        context.Response.Redirect(
            $"{redirect.AbsoluteUri}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private static async Task Grant(HttpContext context, CloudState state)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.HasFormContentType)
        {
            await Refuse(context, 400, "invalid_request", "The body must be a form.");
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (clientId, clientSecret) = Client(context, form);
        var client = state.Options.Accounts.FirstOrDefault(account => account.ClientId == clientId);
        if (client is null || (client.ClientSecret is not null && client.ClientSecret != clientSecret))
        {
            await Refuse(context, 401, "invalid_client", "client not found");
            return;
        }

        state.RateLimiter.CountTokenRequest(client.ClientId);
        switch (form["grant_type"].ToString())
        {
            case "password" when !client.AllowsPassword:
                await Refuse(context, 400, "unauthorized_client", "The client may not use the password grant.");
                break;
            case "password":
                var account = state.Options.Accounts.FirstOrDefault(account => account.ClientId == clientId
                    && account.Username == form["username"] && account.Password == form["password"]);
                if (account is null)
                {
                    await Refuse(context, 400, "invalid_grant", "The user name or the password is wrong.");
                    return;
                }

                var (access, refresh) = state.Tokens.LogIn(account);
                await Reply(context, state, account, access, refresh);
                break;
            case "personal_access_token":
                var holder = state.Options.Accounts.FirstOrDefault(account => account.ClientId == clientId
                    && account.PersonalAccessToken is { } known && known == form["pat"]);
                if (holder is null)
                {
                    await Refuse(context, 400, "invalid_grant", "The personal access token is not valid.");
                    return;
                }

                // Such replies hold neither a refresh token nor an account key.
                var whole = ReplyBody(state, holder, state.Tokens.LogIn(holder).Access, refresh: null);
                whole.Remove("account_key");
                whole.Remove("organizer_key");
                await context.Reply(whole);
                break;
            case "authorization_code":
                if (state.Tokens.Exchange(
                    form["code"].ToString(), clientId, form["redirect_uri"].ToString(),
                    form["code_verifier"].ToString()) is not { } exchanged)
                {
                    await Refuse(context, 400, "invalid_grant", "The code is not valid.");
                    return;
                }

                await Reply(context, state, exchanged.Account, exchanged.Access, exchanged.Refresh);
                break;
            case "refresh_token":
                if (state.Tokens.Refresh(form["refresh_token"].ToString(), clientId) is not { } renewed)
                {
                    await Refuse(context, 400, "invalid_grant", "The refresh token is not valid.");
                    return;
                }

                await Reply(context, state, renewed.Account, renewed.Access, renewed.Refresh);
                break;
            default:
                await Refuse(
                    context, 400, "unsupported_grant_type",
                    "Use password, personal_access_token, authorization_code or refresh_token.");
                break;
        }
    }

    private static (string? Id, string? Secret) Client(HttpContext context, IFormCollection form)
    {
        if (AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
            && header is { Scheme: "Basic", Parameter: { } encoded })
        {
            var decoded = new byte[encoded.Length];
            if (Convert.TryFromBase64String(encoded, decoded, out var length))
            {
                var parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
                return (parts[0], parts.ElementAtOrDefault(1));
            }
        }

        return (form["client_id"], form["client_secret"]);
    }

    private static Task Reply(
        HttpContext context, CloudState state, CloudAccount account, string access, string? refresh) =>
        context.Reply(ReplyBody(state, account, access, refresh));

    private static JsonObject ReplyBody(CloudState state, CloudAccount account, string access, string? refresh)
    {
        var body = new JsonObject
        {
            ["access_token"] = access,
            ["token_type"] = "Bearer",
            ["expires_in"] = (long)state.Options.TokenLifetime.TotalSeconds,
            ["scope"] = string.Join(' ', account.Scopes),
            ["account_key"] = account.Key,
            ["organizer_key"] = $"9{account.Key}",
            ["principal"] = account.Username,
        };
        if (refresh is not null)
            body["refresh_token"] = refresh;
        return body;
    }

    private static Task Refuse(HttpContext context, int status, string error, string description) =>
        context.Reply(new JsonObject { ["error"] = error, ["error_description"] = description }, status);
}
