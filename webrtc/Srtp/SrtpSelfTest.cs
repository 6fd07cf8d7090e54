using GoTo.WebRtc.Hmac;

namespace GoTo.WebRtc.Srtp;

/// <summary>
/// Whether two implementations of the ciphers agree, over lengths on both sides of every block boundary that they treat
/// apart. Runs once in a process, under a millisecond once compiled, before hand-written ciphers are trusted.
/// </summary>
internal static class SrtpSelfTest
{
    private const int MaxData = 200;

    public static bool Passes(SrtpPrimitives candidate, SrtpPrimitives reference)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(reference);
        var pattern = new byte[MaxData + 64];
        for (var i = 0; i < pattern.Length; i++) pattern[i] = (byte)((i * 167) + (i >> 3) + 13);
        var key = pattern.AsSpan(1, 16);

        using var counter = candidate.CreateCounter(key);
        using var counterReference = reference.CreateCounter(key);
        using var gcm = candidate.CreateGcm(key);
        using var gcmReference = reference.CreateGcm(key);
        using var hmac = candidate.CreateHmac(key);
        using var hmacReference = reference.CreateHmac(key);
        for (var length = 0; length <= MaxData; length += length is > 80 and < 120 ? 7 : 1)
        {
            var data = pattern.AsSpan(0, length);
            var associated = pattern.AsSpan(length % 32, 12 + (length % 29));
            if (!CountersAgree(counter, counterReference, data, pattern.AsSpan(length % 40, 16))
                || !GcmsAgree(gcm, gcmReference, data, associated, pattern.AsSpan(length % 50, 12))
                || !HmacsAgree(hmac, hmacReference, data, associated[..4]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool CountersAgree(
        Aes128Counter candidate, Aes128Counter reference, ReadOnlySpan<byte> data, ReadOnlySpan<byte> block)
    {
        var actual = data.ToArray();
        var expected = data.ToArray();
        candidate.Transform(block, actual);
        reference.Transform(block, expected);
        return actual.AsSpan().SequenceEqual(expected);
    }

    private static bool GcmsAgree(
        Aes128Gcm candidate,
        Aes128Gcm reference,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> nonce)
    {
        var actual = data.ToArray();
        var expected = data.ToArray();
        Span<byte> tag = stackalloc byte[16];
        Span<byte> expectedTag = stackalloc byte[16];
        candidate.Encrypt(nonce, actual, tag, associated);
        reference.Encrypt(nonce, expected, expectedTag, associated);
        if (!actual.AsSpan().SequenceEqual(expected) || !tag.SequenceEqual(expectedTag)) return false;
        if (!candidate.Decrypt(nonce, actual, tag, associated) || !actual.AsSpan().SequenceEqual(data)) return false;
        tag[5] ^= 1;
        return !candidate.Decrypt(nonce, expected, tag, associated);
    }

    private static bool HmacsAgree(
        HmacSha1 candidate, HmacSha1 reference, ReadOnlySpan<byte> data, ReadOnlySpan<byte> trailer)
    {
        Span<byte> actual = stackalloc byte[HmacSha1.Length];
        Span<byte> expected = stackalloc byte[HmacSha1.Length];
        candidate.Compute(data, trailer, actual);
        reference.Compute(data, trailer, expected);
        return actual.SequenceEqual(expected);
    }
}
