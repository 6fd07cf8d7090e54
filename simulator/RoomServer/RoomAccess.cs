using GoTo.LiveKit;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// Who asks: the token of the Authorization header, else of the <c>access_token</c> parameter, as LiveKit's middleware
/// reads it.
/// </summary>
internal sealed class RoomAccess(AccessTokenVerifier verifier)
{
    /// <summary>
    /// Verifies the request's token; <c>token</c> is null when there is none. False when there is one that is refused:
    /// <c>refusal</c> is then the text of the 401.
    /// </summary>
    public bool TryIdentify(HttpRequest request, out VerifiedToken? token, out string refusal)
    {
        (token, refusal) = (null, "");
        if (TokenOf(request) is not { Length: > 0 } jwt)
            return true;
        try
        {
            token = verifier.Verify(jwt);
            return true;
        }
        catch (AccessTokenException e)
        {
            refusal = $"invalid authorization token: {e.Message}";
            return false;
        }
    }

    private static string? TokenOf(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? header[scheme.Length..].Trim()
            : request.Query["access_token"].ToString();
    }
}
