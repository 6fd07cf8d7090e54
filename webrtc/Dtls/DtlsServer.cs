using Org.BouncyCastle.Tls;

namespace GoTo.WebRtc.Dtls;

/// <summary>Our side of a handshake that the peer begins.</summary>
internal sealed class DtlsServer(DtlsHandshake handshake) : DefaultTlsServer(PlatformTlsCrypto.Instance)
{
    /// <summary>
    /// The groups we take, best first: P-256 is the platform's (and mandatory), the others BouncyCastle's.
    /// </summary>
    private static readonly int[] Groups = [NamedGroup.secp256r1, NamedGroup.x25519, NamedGroup.secp384r1];

    private UseSrtpData? _srtp;

    public override int GetHandshakeTimeoutMillis() => DtlsHandshake.LimitMillis;

    public override int GetHandshakeResendTimeMillis() => DtlsHandshake.ResendMillis;

    public override int GetMaxHandshakeMessageSize() => DtlsHandshake.MaxMessageSize;

    public override bool RequiresExtendedMasterSecret() => true;

    // A forged record must not end the association (RFC 6347 section 4.1.2.7).
    public override bool IgnoreCorruptDtlsRecords => true;

    // The fingerprint vouches for the certificate; who signed it, and how, does not matter (RFC 8827 section 6.5).
    public override bool ShouldCheckSigAlgOfPeerCerts() => false;

    public override int[] GetSupportedGroups() => Groups;

    public override CertificateRequest GetCertificateRequest() => new(
        [ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign],
        TlsUtilities.GetDefaultSupportedSignatureAlgorithms(m_context),
        null);

    public override void NotifyClientCertificate(Certificate clientCertificate) =>
        handshake.CheckCertificate(clientCertificate);

    public override void ProcessClientExtensions(IDictionary<int, byte[]> clientExtensions)
    {
        base.ProcessClientExtensions(clientExtensions);
        _srtp = handshake.Choose(TlsSrtpUtilities.GetUseSrtpExtension(clientExtensions));
    }

    public override IDictionary<int, byte[]> GetServerExtensions()
    {
        var extensions = base.GetServerExtensions();
        TlsSrtpUtilities.AddUseSrtpExtension(extensions, _srtp);
        return extensions;
    }

    public override void NotifyHandshakeComplete()
    {
        base.NotifyHandshakeComplete();
        handshake.Complete(m_context, _srtp!, DtlsRole.Server);
    }

    public override void NotifyAlertReceived(short alertLevel, short alertDescription) =>
        handshake.AlertReceived(alertDescription);

    protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.DTLSv12.Only();

    protected override int[] GetSupportedCipherSuites() => DtlsHandshake.CipherSuites;

    protected override bool PreferLocalCipherSuites() => true;

    protected override bool AllowCertificateStatus() => false;

    protected override int SelectECDH(int minimumCurveBits)
    {
        var offered = m_context.SecurityParameters.ClientSupportedGroups;
        if (offered is null) return NamedGroup.secp256r1;
        foreach (var group in Groups)
        {
            if (offered.Contains(group)) return group;
        }

        return -1;
    }

    protected override TlsCredentialedSigner GetECDsaSignerCredentials() => handshake.Credentials(m_context);
}
