namespace GoTo.WebRtc.Dtls;

/// <summary>Makes the DTLS association of each peer of an engine.</summary>
internal sealed class DtlsEngineFactory(DtlsIdentity identity, HandshakePool pool, TimeProvider time)
{
    private readonly RateLimit _late = new(time, burst: 200, perSecond: 200);

    /// <summary>Our certificate.</summary>
    public DtlsIdentity Identity => identity;

    /// <param name="profiles">The SRTP profiles to offer or accept, best first.</param>
    /// <param name="sink">Where the results go.</param>
    public IDtlsEngine Create(IReadOnlyList<SrtpProfile> profiles, IDtlsSink sink)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfZero(profiles.Count);
        return new DtlsEngine(identity, pool, time, profiles, sink, _late);
    }

    /// <summary>
    /// Does one handshake of each role in memory, so that the first call does not wait for code to be compiled
    /// (measured 80 to 160 ms, in which a browser sends its flight again). Completes when done; never fails.
    /// </summary>
    public Task WarmUp() => DtlsWarmUp.Run(this);
}
