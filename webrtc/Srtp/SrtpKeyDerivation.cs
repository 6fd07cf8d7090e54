using System.Security.Cryptography;

namespace GoTo.WebRtc.Srtp;

/// <summary>
/// The session keys of one direction, derived from its master key and salt with a derivation rate of zero
/// (RFC 3711 section 4.3; RFC 7714 section 11 for 12-byte salts).
/// </summary>
internal static class SrtpKeyDerivation
{
    /// <summary>
    /// RTP's label of the encryption key; the authentication key's and salt's follow it, then RTCP's three.
    /// </summary>
    public const byte RtpLabel = 0;

    /// <summary>RTCP's label of the encryption key.</summary>
    public const byte RtcpLabel = 3;

    public const int SaltLength = 14;

    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, Span<byte> key)
    {
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        masterSalt.CopyTo(block[..SaltLength]);
        block[7] ^= label;
        key.Clear();
        using var stream = SrtpPrimitives.Platform.CreateCounter(masterKey);
        stream.Transform(block, key);
    }

    /// <summary>Throws when the lengths do not fit the profile.</summary>
    public static void Check(SrtpKeys keys)
    {
        var salt = keys.Profile == SrtpProfile.AeadAes128Gcm ? 12 : SaltLength;
        if (keys.LocalKey.Length != 16 || keys.RemoteKey.Length != 16
            || keys.LocalSalt.Length != salt || keys.RemoteSalt.Length != salt)
        {
            throw new CryptographicException($"{keys.Profile} takes keys of 16 bytes and salts of {salt}.");
        }
    }
}
