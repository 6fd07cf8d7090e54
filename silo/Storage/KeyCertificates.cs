using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoTo.Silo.Cluster;
using Microsoft.Extensions.Options;

namespace GoTo.Silo.Storage;

/// <summary>The certificates that protect the keys, from PKCS #12 files.</summary>
internal static class KeyCertificates
{
    /// <exception cref="OptionsValidationException">
    /// The file is not there, its password is wrong, or its certificate has no RSA key of its own, which the keys' encryption needs.
    /// </exception>
    public static X509Certificate2 Load(string setting, string file, string? password)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Wrong("cannot be read, or KeyCertificatePassword is not its password");
        }
        using var key = certificate.GetRSAPrivateKey();
        return key is not null ? certificate : throw Wrong("has no certificate with an RSA private key");

        OptionsValidationException Wrong(string what) => new(
            ClusterSettings.Section, typeof(ClusterSettings), [$"{ClusterSettings.Section}:{setting}: the PKCS #12 file '{file}' {what}."]);
    }
}
