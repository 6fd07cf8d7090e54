using Org.BouncyCastle.Tls;

namespace GoTo.WebRtc.Dtls;

/// <summary>Our side of a handshake that we begin.</summary>
internal sealed class DtlsClient(DtlsHandshake handshake) : DefaultTlsClient(PlatformTlsCrypto.Instance)
{
    private UseSrtpData? _srtp;

    public override int GetHandshakeTimeoutMillis() => DtlsHandshake.LimitMillis;

    public override int GetHandshakeResendTimeMillis() => DtlsHandshake.ResendMillis;

    public override int GetMaxHandshakeMessageSize() => DtlsHandshake.MaxMessageSize;

    public override bool RequiresExtendedMasterSecret() => true;

    public override bool IgnoreCorruptDtlsRecords => true;

    public override bool ShouldCheckSigAlgOfPeerCerts() => false;

    public override IDictionary<int, byte[]> GetClientExtensions()
    {
        var extensions = base.GetClientExtensions();
        TlsSrtpUtilities.AddUseSrtpExtension(extensions, handshake.Offer());
        return extensions;
    }

    public override void ProcessServerExtensions(IDictionary<int, byte[]> serverExtensions)
    {
        base.ProcessServerExtensions(serverExtensions);
        _srtp = handshake.Accept(TlsSrtpUtilities.GetUseSrtpExtension(serverExtensions));
    }

    public override TlsAuthentication GetAuthentication() => new Authentication(this);

    public override void NotifyHandshakeComplete()
    {
        base.NotifyHandshakeComplete();
        handshake.Complete(m_context, _srtp!, DtlsRole.Client);
    }

    public override void NotifyAlertReceived(short alertLevel, short alertDescription) =>
        handshake.AlertReceived(alertDescription);

    protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.DTLSv12.Only();

    protected override int[] GetSupportedCipherSuites() =>
        [.. DtlsHandshake.CipherSuites, .. DtlsHandshake.RsaCipherSuites];

    protected override IList<int> GetSupportedGroups(IList<int> namedGroupRoles) => [NamedGroup.secp256r1];

    protected override CertificateStatusRequest? GetCertificateStatusRequest() => null;

    private DtlsHandshake Handshake => handshake;

    private TlsContext Context => m_context;

    private sealed class Authentication(DtlsClient client) : TlsAuthentication
    {
        public void NotifyServerCertificate(TlsServerCertificate serverCertificate) =>
            client.Handshake.CheckCertificate(serverCertificate.Certificate);

        public TlsCredentials GetClientCredentials(CertificateRequest certificateRequest) =>
            client.Handshake.Credentials(client.Context);
    }
}
