using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// Our certificate: self-signed, P-256, with a random name (RFC 8827 section 6.5). One serves all peers of an engine.
/// </summary>
internal sealed class DtlsIdentity : IDisposable
{
    private DtlsIdentity(ECDsa key, byte[] certificate)
    {
        Key = key;
        Certificate = certificate;
        Fingerprint = "sha-256 " + BitConverter.ToString(SHA256.HashData(certificate)).Replace('-', ':');
    }

    /// <summary>The private key.</summary>
    public ECDsa Key { get; }

    /// <summary>The certificate, DER.</summary>
    public byte[] Certificate { get; }

    /// <summary>The value for a=fingerprint: <c>sha-256 4A:AD:...</c> (RFC 8122 section 5).</summary>
    public string Fingerprint { get; }

    /// <summary>Makes a key and a certificate for it that is valid from a day before now to 30 days after.</summary>
    public static DtlsIdentity Create(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = "CN=" + Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return new DtlsIdentity(key, certificate.RawData);
    }

    public void Dispose() => Key.Dispose();
}
