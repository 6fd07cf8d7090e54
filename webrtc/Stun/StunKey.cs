using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using GoTo.WebRtc.Hmac;

namespace GoTo.WebRtc.Stun;

/// <summary>
/// A key of MESSAGE-INTEGRITY (RFC 8489 sections 14.5 and 14.6), for ICE the UTF-8 bytes of a password, made ready once:
/// the platform's HMAC-SHA1, which begins anew with each message, took a third of what silent calls cost. Holds a secret.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The managed HMAC holds nothing to dispose of.")]
internal sealed class StunKey(ReadOnlySpan<byte> key)
{
    private readonly byte[] _key = key.ToArray();
    private readonly ManagedHmacSha1 _sha1 = new(key);

    /// <summary>Is it made of these bytes.</summary>
    public bool IsOf(ReadOnlySpan<byte> key) => key.SequenceEqual(_key);

    /// <summary>The HMAC-SHA1 of MESSAGE-INTEGRITY, 20 bytes.</summary>
    public void Sha1(ReadOnlySpan<byte> covered, Span<byte> mac) => _sha1.Compute(covered, [], mac);

    /// <summary>The HMAC-SHA256 of MESSAGE-INTEGRITY-SHA256, 32 bytes.</summary>
    public void Sha256(ReadOnlySpan<byte> covered, Span<byte> mac) => HMACSHA256.HashData(_key, covered, mac);
}
