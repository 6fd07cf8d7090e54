using System.Security.Cryptography;

namespace GoTo.WebRtc.Srtp;

/// <summary>
/// HMAC-SHA1 with a fixed key (RFC 2104), by the platform: its SHA-1 uses instructions that .NET does not offer, so a
/// hand-written one is no faster (measured, best of many: 608 against 595 ns for 92 bytes, 801 against 628 for 172).
/// </summary>
internal sealed class HmacSha1(ReadOnlySpan<byte> key) : IDisposable
{
    /// <summary>The length of the whole MAC, bytes.</summary>
    public const int Length = 20;

    // SRTP's default authentication transform is HMAC-SHA1 (RFC 3711 section 4.2.1); its tag is no collision target.
    private readonly IncrementalHash _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);

    /// <summary>The MAC of data followed by a trailer.</summary>
    public void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> trailer, Span<byte> mac)
    {
        _hmac.AppendData(data);
        _hmac.AppendData(trailer);
        _hmac.GetHashAndReset(mac);
    }

    public void Dispose() => _hmac.Dispose();
}
