using System.Security.Cryptography;
using GoTo.WebRtc.Srtp;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using HashAlgorithm = Org.BouncyCastle.Tls.HashAlgorithm;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// What both roles of a handshake have in common: the rules of WebRTC (RFC 5763, RFC 5764, RFC 8827 section 6.5), our
/// certificate, and what came out.
/// </summary>
internal sealed class DtlsHandshake(
    DtlsIdentity identity, IReadOnlyList<SrtpProfile> profiles, DtlsFingerprints remote)
{
    /// <summary>The longest handshake, ms.</summary>
    public const int LimitMillis = 10_000;

    /// <summary>How long to wait for an answer before a flight is sent again, ms; doubles each time.</summary>
    public const int ResendMillis = 300;

    /// <summary>The longest handshake message taken, bytes: memory is set aside for it before it has arrived.</summary>
    public const int MaxMessageSize = 16 * 1024;

    /// <summary>The cipher suites, best first.</summary>
    public static int[] CipherSuites { get; } =
    [
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>What a client offers beside: a server may have an RSA certificate (RFC 8827 section 6.5 allows any).</summary>
    public static int[] RsaCipherSuites { get; } =
    [
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>Why we broke the handshake off, if we did for a reason of ours.</summary>
    public (DtlsCloseReason Reason, string Detail, byte Alert)? Refusal { get; private set; }

    /// <summary>The SRTP keys, after a handshake that succeeded.</summary>
    public SrtpKeys? Keys { get; private set; }

    /// <summary>The keys of the records that follow, after a handshake that succeeded.</summary>
    public DtlsKeys? RecordKeys { get; private set; }

    /// <summary>Whether the peer sent close_notify.</summary>
    public bool PeerClosed { get; private set; }

    /// <summary>Breaks the handshake off for a reason of ours.</summary>
    public TlsFatalAlert Refuse(DtlsCloseReason reason, string detail, short alert)
    {
        Refusal = (reason, detail, (byte)alert);
        return new TlsFatalAlert(alert);
    }

    /// <summary>The profiles to offer.</summary>
    public UseSrtpData Offer() => Srtp([.. profiles.Select(profile => (int)profile)]);

    /// <summary>Our best profile among those offered.</summary>
    public UseSrtpData Choose(UseSrtpData? offered)
    {
        foreach (var profile in profiles)
        {
            if (offered?.ProtectionProfiles.Contains((int)profile) == true) return Srtp([(int)profile]);
        }

        throw Refuse(
            DtlsCloseReason.NoCommonSrtpProfile,
            offered is null ? "The peer does not offer SRTP." : "The peer offers none of our SRTP profiles.",
            AlertDescription.handshake_failure);
    }

    /// <summary>Checks the profile that the server chose.</summary>
    public UseSrtpData Accept(UseSrtpData? chosen) =>
        chosen is { ProtectionProfiles: [var profile], Mki.Length: 0 } && profiles.Contains((SrtpProfile)profile)
            ? chosen
            : throw Refuse(
                DtlsCloseReason.NoCommonSrtpProfile,
                chosen is null ? "The peer does not do SRTP." : "The peer chose an SRTP profile that was not offered.",
                AlertDescription.illegal_parameter);

    /// <summary>Checks that the peer's certificate is the one of its description (RFC 8122 section 6.2).</summary>
    public void CheckCertificate(Certificate? chain)
    {
        if (chain is null || chain.IsEmpty)
        {
            throw Refuse(
                DtlsCloseReason.FingerprintMismatch,
                "The peer sent no certificate.",
                AlertDescription.handshake_failure);
        }

        if (!remote.Match(chain.GetCertificateAt(0).GetEncoded()))
        {
            throw Refuse(
                DtlsCloseReason.FingerprintMismatch,
                "The peer's certificate has none of the fingerprints in its description.",
                AlertDescription.bad_certificate);
        }
    }

    /// <summary>Our certificate, and the key that signs for it.</summary>
    public TlsCredentialedSigner Credentials(TlsContext context) => new Signer(
        new Certificate([context.Crypto.CreateCertificate(identity.Certificate)]), identity.Key);

    /// <summary>
    /// Derives the SRTP keys (RFC 5764 section 4.2): client key, server key, client salt, server salt.
    /// </summary>
    public void Complete(TlsContext context, UseSrtpData srtp, DtlsRole role)
    {
        var profile = (SrtpProfile)srtp.ProtectionProfiles[0];
        const int Key = 16;
        var salt = profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;
        var material = context.ExportKeyingMaterial(ExporterLabel.dtls_srtp, null, 2 * (Key + salt));
        var clientKey = material[..Key];
        var serverKey = material[Key..(2 * Key)];
        var clientSalt = material[(2 * Key)..((2 * Key) + salt)];
        var serverSalt = material[((2 * Key) + salt)..];
        CryptographicOperations.ZeroMemory(material);
        Keys = role == DtlsRole.Client
            ? new SrtpKeys(profile, clientKey, clientSalt, serverKey, serverSalt)
            : new SrtpKeys(profile, serverKey, serverSalt, clientKey, clientSalt);
        RecordKeys = DeriveRecordKeys(context.SecurityParameters, role);
    }

    /// <summary>
    /// The key block (RFC 5246 section 6.3) of a suite without MAC keys: client key, server key, client IV, server IV.
    /// </summary>
    private static DtlsKeys DeriveRecordKeys(SecurityParameters security, DtlsRole role)
    {
        var (key, iv) = security.CipherSuite switch
        {
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => (16, 4),
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => (32, 4),
            _ => (32, 12), // ChaCha20-Poly1305
        };
        byte[] seed = [.. security.ServerRandom, .. security.ClientRandom];
        var block = security.MasterSecret
            .DeriveUsingPrf(security.PrfAlgorithm, ExporterLabel.key_expansion, seed, 2 * (key + iv))
            .Extract();
        var clientKey = block[..key];
        var serverKey = block[key..(2 * key)];
        var clientIv = block[(2 * key)..((2 * key) + iv)];
        var serverIv = block[((2 * key) + iv)..];
        CryptographicOperations.ZeroMemory(block);
        return role == DtlsRole.Client
            ? new DtlsKeys(security.CipherSuite, clientKey, clientIv, serverKey, serverIv)
            : new DtlsKeys(security.CipherSuite, serverKey, serverIv, clientKey, clientIv);
    }

    /// <summary>Takes note of an alert from the peer.</summary>
    public void AlertReceived(short alert) => PeerClosed |= alert == AlertDescription.close_notify;

    private static UseSrtpData Srtp(int[] numbers) => new(numbers, mki: []);

    private sealed class Signer(Certificate certificate, ECDsa key) : TlsCredentialedSigner
    {
        public Certificate Certificate => certificate;

        public SignatureAndHashAlgorithm SignatureAndHashAlgorithm { get; } =
            SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);

        public TlsStreamSigner? GetStreamSigner() => null;

        public byte[] GenerateRawSignature(byte[] hash) =>
            key.SignHash(hash, DSASignatureFormat.Rfc3279DerSequence);
    }
}
