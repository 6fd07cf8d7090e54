namespace GoTo.WebRtc.Dtls;

/// <summary>Makes the DTLS association of each peer of an engine.</summary>
internal sealed class DtlsEngineFactory(DtlsIdentity identity, HandshakePool pool, TimeProvider time)
{
    /// <summary>Our certificate.</summary>
    public DtlsIdentity Identity => identity;

    /// <param name="profiles">The SRTP profiles to offer or accept, best first.</param>
    /// <param name="sink">Where the results go.</param>
    public IDtlsEngine Create(IReadOnlyList<SrtpProfile> profiles, IDtlsSink sink)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfZero(profiles.Count);
        return new DtlsEngine(identity, pool, time, profiles, sink);
    }
}
