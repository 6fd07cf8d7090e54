namespace GoTo.Api;

/// <summary>One reply of the token endpoint (specification section 3.3.2, RFC 6749 section 5.1).</summary>
/// <param name="AccessToken">The bearer token. Secret.</param>
/// <param name="RefreshToken">The refresh token; refresh replies leave it out unless it was rotated. Secret.</param>
/// <param name="ExpiresIn">How long the access token lives from now on.</param>
/// <param name="Scopes">What the token may do; empty when the reply does not say.</param>
/// <param name="AccountKey">The account's key; newer replies leave it out.</param>
/// <param name="OrganizerKey">The service user's key; newer replies leave it out.</param>
/// <param name="Principal">The service user's name, or null when the reply does not say.</param>
public sealed record TokenGrant(
    string AccessToken,
    string? RefreshToken,
    TimeSpan ExpiresIn,
    IReadOnlyList<string> Scopes,
    string? AccountKey = null,
    string? OrganizerKey = null,
    string? Principal = null)
{
    /// <summary>Tells everything but the tokens.</summary>
    public override string ToString() =>
        $"TokenGrant {{ ExpiresIn = {ExpiresIn}, HasRefreshToken = {RefreshToken is not null}, "
        + $"Scopes = {string.Join(' ', Scopes)}, AccountKey = {AccountKey} }}";
}
