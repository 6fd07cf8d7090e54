using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>
/// Verifies and reads what a LiveKit server posts (livekit/protocol webhook): a token in the Authorization header, signed
/// with our secret, holds the hash of the body. A repeated delivery has the same id: tell them apart by that.
/// </summary>
public sealed class WebhookReceiver
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private const long MaxSeconds = 100_000_000_000;

    private readonly AccessTokenVerifier _verifier;
    private readonly TimeProvider _time;
    private readonly TimeSpan _maxAge;

    /// <summary>Receives events signed with the given keys.</summary>
    /// <param name="secrets">Secret by API key.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maxAge">
    /// How old an event may be. Default: 10 minutes, since the server repeats a delivery for some time.
    /// </param>
    public WebhookReceiver(IReadOnlyDictionary<string, string> secrets, TimeProvider time, TimeSpan? maxAge = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        _verifier = new AccessTokenVerifier(secrets, time);
        _time = time;
        _maxAge = maxAge ?? TimeSpan.FromMinutes(10);
    }

    /// <summary>Verifies and reads one delivery.</summary>
    /// <param name="body">The body as it came, byte for byte.</param>
    /// <param name="authorization">The Authorization header: the bare token, as the server sends it, or a Bearer.</param>
    /// <returns>The event.</returns>
    /// <exception cref="WebhookException">It is not to be trusted or cannot be read.</exception>
    public WebhookEvent Receive(ReadOnlySpan<byte> body, string? authorization)
    {
        const string bearer = "Bearer ";
        if (string.IsNullOrWhiteSpace(authorization))
            throw new WebhookException(WebhookError.NotSigned, "The webhook has no Authorization header.");
        var jwt = authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[bearer.Length..]
            : authorization;
        var hash = Verify(jwt.Trim());
        if (!CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Convert.ToBase64String(SHA256.HashData(body)))))
            throw new WebhookException(WebhookError.WrongBody, "The webhook's signature is not of this body.");
        var happened = Read(body);
        var age = _time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(happened.CreatedAt, 0, MaxSeconds));
        if (happened.CreatedAt != 0 && age > _maxAge)
            throw new WebhookException(
                WebhookError.TooOld, $"The webhook tells of {age.TotalMinutes:0} minutes ago; compare the clocks.");
        return happened;
    }

    private string Verify(string jwt)
    {
        try
        {
            return _verifier.Verify(jwt).Token.Sha256 ?? "";
        }
        catch (AccessTokenException e)
        {
            throw new WebhookException(WebhookError.BadToken, $"The webhook's token is refused: {e.Message}", e);
        }
    }

    private static WebhookEvent Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return Parser.Parse<WebhookEvent>(Encoding.UTF8.GetString(body));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentOutOfRangeException)
        {
            throw new WebhookException(WebhookError.Malformed, "The webhook's body is not an event.", e);
        }
    }
}
