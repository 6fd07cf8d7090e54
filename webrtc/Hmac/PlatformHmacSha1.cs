using System.Security.Cryptography;

namespace GoTo.WebRtc.Hmac;

/// <summary>HMAC-SHA1 by the platform.</summary>
internal sealed class PlatformHmacSha1(ReadOnlySpan<byte> key) : HmacSha1
{
    // SRTP's default authentication transform is HMAC-SHA1 (RFC 3711 section 4.2.1); its tag is no collision target.
    private readonly IncrementalHash _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);

    public override void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> trailer, Span<byte> mac)
    {
        _hmac.AppendData(data);
        _hmac.AppendData(trailer);
        _hmac.GetHashAndReset(mac);
    }

    public override void Dispose() => _hmac.Dispose();
}
