using System.Net.Security;
using System.Security.Cryptography;

namespace GoTo.Api;

/// <summary>
/// Whom a connection trusts: whoever the machine's authorities vouch for, or, where an account names the fingerprint of a
/// certificate, the holder of that one and nobody else (section 10.3 with decision D11).
/// </summary>
internal static class CertificateTrust
{
    public const int FingerprintDigits = 64;

    /// <summary>What TLS asks about a certificate; null leaves it to the machine.</summary>
    public static RemoteCertificateValidationCallback? In(string? fingerprint) => fingerprint is null
        ? null
        : (_, certificate, _, _) => certificate is not null
            && Normal(certificate.GetCertHashString(HashAlgorithmName.SHA256)) == Normal(fingerprint);

    /// <summary>A SHA-256 in hexadecimal, with colons or without.</summary>
    public static bool IsFingerprint(string text) =>
        Normal(text) is { Length: FingerprintDigits } digits && digits.All(char.IsAsciiHexDigit);

    private static string Normal(string fingerprint) =>
        fingerprint.Replace(":", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
}
