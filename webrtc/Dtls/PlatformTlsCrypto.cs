using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// BouncyCastle's TLS cryptography with the costly parts, P-256 key agreement and ECDSA, done by the platform: half the
/// time and garbage of a handshake.
/// </summary>
internal sealed class PlatformTlsCrypto : BcTlsCrypto
{
    private PlatformTlsCrypto()
        : base(new SecureRandom(new CryptoApiRandomGenerator()))
    {
    }

    /// <summary>One for all: it has no state but the platform's random numbers.</summary>
    public static PlatformTlsCrypto Instance { get; } = new();

    public override TlsECDomain CreateECDomain(TlsECConfig ecConfig) =>
        ecConfig.NamedGroup == NamedGroup.secp256r1 ? new Domain(this) : base.CreateECDomain(ecConfig);

    public override TlsCertificate CreateCertificate(short type, byte[] encoding) =>
        type == CertificateType.X509 ? new PeerCertificate(this, encoding) : base.CreateCertificate(type, encoding);

    private sealed class Domain(PlatformTlsCrypto crypto) : TlsECDomain
    {
        public TlsAgreement CreateECDH() => new Agreement(crypto);
    }

    /// <summary>ECDH on P-256 with uncompressed points (RFC 8422 section 5.4).</summary>
    private sealed class Agreement(PlatformTlsCrypto crypto) : TlsAgreement
    {
        private const int Coordinate = 32;
        private const byte Uncompressed = 4;

        private readonly ECDiffieHellman _ours = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        private byte[] _theirs = [];

        public byte[] GenerateEphemeral()
        {
            var point = _ours.ExportParameters(includePrivateParameters: false).Q;
            return [Uncompressed, .. point.X!, .. point.Y!];
        }

        public void ReceivePeerValue(byte[] peerValue)
        {
            if (peerValue.Length != 1 + (2 * Coordinate) || peerValue[0] != Uncompressed)
            {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter);
            }

            _theirs = peerValue;
        }

        public TlsSecret CalculateSecret()
        {
            var parameters = new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = _theirs[1..(1 + Coordinate)], Y = _theirs[(1 + Coordinate)..] },
            };
            try
            {
                using var theirs = ECDiffieHellman.Create(parameters);
                using var publicKey = theirs.PublicKey;
                return crypto.CreateSecret(_ours.DeriveRawSecretAgreement(publicKey));
            }
            catch (CryptographicException notOnTheCurve)
            {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter, notOnTheCurve);
            }
            finally
            {
                _ours.Dispose();
            }
        }
    }

    private sealed class PeerCertificate(PlatformTlsCrypto crypto, byte[] encoding)
        : BcTlsCertificate(crypto, encoding)
    {
        public override TlsVerifier CreateVerifier(short signatureAlgorithm)
        {
            var verifier = base.CreateVerifier(signatureAlgorithm); // checks the key usage
            return signatureAlgorithm == SignatureAlgorithm.ecdsa ? new Verifier(SubjectPublicKeyInfo) : verifier;
        }
    }

    private sealed class Verifier(SubjectPublicKeyInfo key) : TlsVerifier
    {
        public TlsStreamVerifier? GetStreamVerifier(DigitallySigned digitallySigned) => null;

        public bool VerifyRawSignature(DigitallySigned digitallySigned, byte[] hash)
        {
            if (digitallySigned.Algorithm?.Signature != SignatureAlgorithm.ecdsa)
            {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter);
            }

            try
            {
                using var ecdsa = ECDsa.Create();
                ecdsa.ImportSubjectPublicKeyInfo(key.GetEncoded(), out _);
                return ecdsa.VerifyHash(hash, digitallySigned.Signature, DSASignatureFormat.Rfc3279DerSequence);
            }
            catch (CryptographicException unusable)
            {
                throw new TlsFatalAlert(AlertDescription.bad_certificate, unusable);
            }
        }
    }
}
