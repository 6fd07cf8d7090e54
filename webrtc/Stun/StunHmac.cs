using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GoTo.WebRtc.Stun;

/// <summary>The HMAC-SHA1 of MESSAGE-INTEGRITY (RFC 8489 section 14.5).</summary>
internal static class StunHmac
{
    [SuppressMessage("Security", "CA5350", Justification = "ICE (RFC 8445) prescribes HMAC-SHA1 for its checks.")]
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> covered, Span<byte> mac) =>
        HMACSHA1.HashData(key, covered, mac);
}
