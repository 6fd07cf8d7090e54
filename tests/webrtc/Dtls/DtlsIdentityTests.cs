using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoTo.WebRtc.Dtls;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

public sealed class DtlsIdentityTests
{
    [Fact]
    public void The_certificate_is_self_signed_P_256_and_valid_for_a_month()
    {
        var now = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        using var identity = DtlsIdentity.Create(new FakeTimeProvider(now));
        using var certificate = X509CertificateLoader.LoadCertificate(identity.Certificate);
        using var key = certificate.GetECDsaPublicKey();

        Assert.Equal(certificate.Subject, certificate.Issuer);
        Assert.Matches("^CN=[0-9A-F]{16}$", certificate.Subject);
        Assert.Equal("ECDSA_P256", key!.ExportParameters(false).Curve.Oid.FriendlyName);
        Assert.Equal(now.AddDays(-1), certificate.NotBefore.ToUniversalTime());
        Assert.Equal(now.AddDays(30), certificate.NotAfter.ToUniversalTime());
        byte[] text = [1, 2, 3];
        var signature = identity.Key.SignData(text, HashAlgorithmName.SHA256);
        Assert.True(key.VerifyData(text, signature, HashAlgorithmName.SHA256));
        Assert.Equal(
            "sha-256 " + certificate.GetCertHashString(HashAlgorithmName.SHA256),
            identity.Fingerprint.Replace(":", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_identities_have_nothing_in_common()
    {
        using var one = DtlsIdentity.Create(TimeProvider.System);
        using var other = DtlsIdentity.Create(TimeProvider.System);

        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
    }

    [Theory]
    [InlineData("sha-256", 32)]
    [InlineData("SHA-256", 32)]
    [InlineData("sha-384", 48)]
    [InlineData("sha-512", 64)]
    public void A_fingerprint_matches_its_certificate_only(string algorithm, int length)
    {
        byte[] certificate = [1, 2, 3];
        byte[] hash = length switch
        {
            32 => SHA256.HashData(certificate),
            48 => SHA384.HashData(certificate),
            _ => SHA512.HashData(certificate),
        };
        var upper = BitConverter.ToString(hash).Replace('-', ':');

        foreach (var text in new[] { upper, upper.ToLowerInvariant() })
        {
            var fingerprints = DtlsEnd.Parse($"{algorithm} {text}");
            Assert.True(fingerprints.Match(certificate));
            Assert.False(fingerprints.Match([1, 2, 4]));
        }
    }

    [Theory]
    [InlineData("There is no a=fingerprint with sha-256, sha-384 or sha-512.")]
    [InlineData("There is no a=fingerprint with sha-256, sha-384 or sha-512.", "sha-1 00:11", "md5 22")]
    [InlineData("a=fingerprint:sha-256 has no hash function and value.", "sha-256")]
    [InlineData("a=fingerprint:sha-256 AB:CD is not 32 hexadecimal bytes with colons between.", "sha-256 AB:CD")]
    public void Fingerprints_that_prove_nothing_are_refused(string expected, params string[] lines)
    {
        Assert.False(DtlsFingerprints.TryParse(lines, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData('-')]
    [InlineData('G')]
    public void A_fingerprint_with_a_wrong_character_is_refused(char wrong)
    {
        var text = BitConverter.ToString(new byte[32]).Replace('-', ':').ToCharArray();
        text[wrong == '-' ? 2 : 3] = wrong;

        Assert.False(DtlsFingerprints.TryParse([$"sha-256 {new string(text)}"], out _, out _));
    }
}
