using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GoTo.WebRtc.Tests.Dtls;

/// <summary>A certificate and its key as files, for a process of OpenSSL.</summary>
internal sealed class OpenSslIdentity : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goto-dtls-");

    public OpenSslIdentity(bool rsa = false)
    {
        using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA pair
            ? new CertificateRequest("CN=openssl", pair, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=openssl", (ECDsa)key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.Now;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        Fingerprint = "sha-256 "
            + BitConverter.ToString(certificate.GetCertHash(HashAlgorithmName.SHA256)).Replace('-', ':');
    }

    public string CertificatePath => Path.Combine(_directory.FullName, "certificate.pem");

    public string KeyPath => Path.Combine(_directory.FullName, "key.pem");

    public string Fingerprint { get; }

    /// <summary>A configuration file in the same place.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
