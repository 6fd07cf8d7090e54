namespace GoTo.WebRtc.Dtls;

/// <summary>The keys that protect the records of an association (RFC 5246 section 6.3, RFC 5288).</summary>
/// <param name="CipherSuite">The suite that both ends agreed on.</param>
/// <param name="LocalKey">Protects what we send.</param>
/// <param name="LocalIv">The fixed part of our nonces.</param>
/// <param name="RemoteKey">Protects what we receive.</param>
/// <param name="RemoteIv">The fixed part of the peer's nonces.</param>
internal sealed record DtlsKeys(
    int CipherSuite, byte[] LocalKey, byte[] LocalIv, byte[] RemoteKey, byte[] RemoteIv)
{
    /// <summary>Names the suite only, so that keys cannot reach a log.</summary>
    public override string ToString() => $"DtlsKeys {{ 0x{CipherSuite:X4} }}";
}
