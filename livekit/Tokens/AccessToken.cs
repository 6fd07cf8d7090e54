using System.Text;
using GoTo.LiveKit.Protocol;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GoTo.LiveKit;

/// <summary>
/// What a LiveKit access token says about its holder; <see cref="Sign"/> makes the JWT (HS256, the secret as UTF-8).
/// The room server checks it when its holder connects or calls the API, never during a running session.
/// </summary>
public sealed record AccessToken
{
    /// <summary>The participant's identity (<c>sub</c>); needed to join, not for API calls.</summary>
    public string? Identity { get; init; }

    /// <summary>The participant's display name.</summary>
    public string? Name { get; init; }

    /// <summary>Free text that participants see.</summary>
    public string? Metadata { get; init; }

    /// <summary>Attributes that participants see, such as <c>sip.callID</c>.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = EmptyAttributes;

    /// <summary>What joins: a person, a phone (<c>sip</c>), an agent.</summary>
    public ParticipantInfo.Types.Kind Kind { get; init; }

    /// <summary>Details of <see cref="Kind"/>, as the claim writes them.</summary>
    public IReadOnlyList<string> KindDetails { get; init; } = [];

    /// <summary>What the holder may do with rooms.</summary>
    public VideoGrant? Video { get; init; }

    /// <summary>What the holder may do with SIP.</summary>
    public SipGrant? Sip { get; init; }

    /// <summary>Settings and agents of the room, applied only if this join creates it.</summary>
    public RoomConfiguration? RoomConfig { get; init; }

    /// <summary>Base64 of the SHA-256 of the body the token travels with (webhooks).</summary>
    public string? Sha256 { get; init; }

    /// <summary>How long the token is valid from its signing; 6 h unless set.</summary>
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromHours(6);

    private static readonly IReadOnlyDictionary<string, string> EmptyAttributes = new Dictionary<string, string>();

    /// <summary>Signs the token.</summary>
    /// <param name="apiKey">The API key, written as <c>iss</c>.</param>
    /// <param name="apiSecret">The key's secret.</param>
    /// <param name="time">The clock that <c>nbf</c>, <c>iat</c> and <c>exp</c> are taken from.</param>
    /// <returns>The JWT: a secret, for the Authorization header only.</returns>
    public string Sign(string apiKey, string apiSecret, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(apiKey);
        ArgumentException.ThrowIfNullOrEmpty(apiSecret);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ValidFor, TimeSpan.Zero);
        var claims = TokenClaims.Write(this, apiKey, time.GetUtcNow());
        var credentials = new SigningCredentials(KeyOf(apiSecret), SecurityAlgorithms.HmacSha256);
        return new JsonWebTokenHandler().CreateToken(claims, credentials);
    }

    // A development server's secret may be shorter than the library accepts. HMAC pads a short key with zeros
    // (RFC 2104 section 2), so padding it here leaves the signature the same.
    internal static SymmetricSecurityKey KeyOf(string secret)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        if (key.Length < 32)
            Array.Resize(ref key, 32);
        return new SymmetricSecurityKey(key);
    }
}
