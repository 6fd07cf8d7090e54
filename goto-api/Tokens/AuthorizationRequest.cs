using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace GoTo.Api;

/// <summary>
/// A login that a person has to finish in a browser: authorization code with PKCE (RFC 6749 section 4.1, RFC 7636). The
/// one who began it keeps it until the browser comes back, and hands it to <see cref="TokenClient.CompleteLogIn"/>.
/// </summary>
/// <param name="Address">The page to open in the browser.</param>
/// <param name="RedirectUri">Where the browser comes back to.</param>
/// <param name="State">What the browser must bring back, so that nobody else's login is taken for ours.</param>
/// <param name="Verifier">What proves to GoTo that who begins and who finishes are one. Secret.</param>
public sealed record AuthorizationRequest(Uri Address, Uri RedirectUri, string State, string Verifier)
{
    internal static AuthorizationRequest Begin(GoToAccountOptions account, Uri redirectUri)
    {
        if (!redirectUri.IsAbsoluteUri || !GoToAccountOptions.IsSecureOrLoopback(redirectUri))
        {
            throw new ArgumentException(
                "The redirect address must use https; plain http is accepted for loopback addresses only.",
                nameof(redirectUri));
        }

        var state = Random(16);
        var verifier = Random(32);
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        return new AuthorizationRequest(
            OAuth.AuthorizeAddress(account, redirectUri, state, challenge), redirectUri, state, verifier);
    }

    /// <summary>Whether the browser brought back what it was given.</summary>
    internal bool Matches(string state) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(State));

    /// <summary>Tells where the browser goes and comes back to, and nothing else.</summary>
    public override string ToString() => $"AuthorizationRequest {{ {Address.Host} -> {RedirectUri} }}";

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
