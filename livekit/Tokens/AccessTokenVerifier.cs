using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GoTo.LiveKit;

/// <summary>A token whose signature and times were found good.</summary>
/// <param name="ApiKey">The key that signed it.</param>
/// <param name="Token">What it says.</param>
/// <param name="NotBefore">When it became valid, if it says so.</param>
/// <param name="Expires">When it ends, if it says so.</param>
public sealed record VerifiedToken(
    string ApiKey, AccessToken Token, DateTimeOffset? NotBefore, DateTimeOffset? Expires);

/// <summary>
/// Verifies access tokens as LiveKit's server does: HS256 by the issuer's secret, <c>nbf</c> and <c>exp</c> with 60 s
/// of leeway (livekit/protocol auth/verifier.go).
/// </summary>
public sealed class AccessTokenVerifier
{
    /// <summary>How far <c>nbf</c> and <c>exp</c> may be off: 60 s.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyDictionary<string, string> _secrets;
    private readonly TimeProvider _time;

    /// <summary>Verifies against the given API keys.</summary>
    /// <param name="secrets">Secret by API key.</param>
    /// <param name="time">The clock that validity is judged by.</param>
    public AccessTokenVerifier(IReadOnlyDictionary<string, string> secrets, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        ArgumentNullException.ThrowIfNull(time);
        _secrets = secrets;
        _time = time;
    }

    /// <summary>Verifies a token and reads its claims.</summary>
    /// <param name="jwt">The token in compact form.</param>
    /// <exception cref="AccessTokenException">It is not acceptable; the error says why, without the token.</exception>
    public VerifiedToken Verify(string jwt)
    {
        var parsed = Parse(jwt);
        if (parsed.Alg != SecurityAlgorithms.HmacSha256)
            throw new AccessTokenException(AccessTokenError.WrongAlgorithm, "Sign the token with HS256.");
        var claims = Claims(parsed);
        if (!_secrets.TryGetValue(claims.ApiKey, out var secret))
            throw new AccessTokenException(
                AccessTokenError.UnknownApiKey, "The token's issuer (iss) is not an API key of this server.");
        CheckSignature(parsed, secret);
        var now = _time.GetUtcNow();
        if (claims.NotBefore > now + Leeway)
            throw new AccessTokenException(
                AccessTokenError.NotYetValid, "The token is not valid yet (nbf): compare the clocks.");
        if (claims.Expires < now - Leeway)
            throw new AccessTokenException(AccessTokenError.Expired, "The token is expired (exp): sign a new one.");
        return claims;
    }

    private static JsonWebToken Parse(string jwt)
    {
        try
        {
            return new JsonWebToken(jwt);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            throw Malformed("The token is not a JWT in compact form.");
        }
    }

    private static VerifiedToken Claims(JsonWebToken token)
    {
        try
        {
            return TokenClaims.Read(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException or InvalidJsonException
            or FormatException)
        {
            throw Malformed("The token's claims cannot be read.");
        }
    }

    private static void CheckSignature(JsonWebToken token, string secret)
    {
        byte[] signature;
        try
        {
            signature = Base64UrlEncoder.DecodeBytes(token.EncodedSignature);
        }
        catch (FormatException)
        {
            throw Malformed("The token's signature is not base64url.");
        }
        var signed = Encoding.ASCII.GetBytes($"{token.EncodedHeader}.{token.EncodedPayload}");
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
        if (!CryptographicOperations.FixedTimeEquals(expected, signature))
            throw new AccessTokenException(
                AccessTokenError.BadSignature, "The token's signature does not match the API key's secret.");
    }

    private static AccessTokenException Malformed(string what) => new(AccessTokenError.Malformed, what);
}
