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

    private const int LongestKey = 96;

    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, Span<byte> key)
    {
        Span<byte> most = stackalloc byte[LongestKey];
        most.Clear();
        var blocks = most[..((key.Length + 15) & ~15)];
        for (var n = 0; 16 * n < blocks.Length; n++)
        {
            masterSalt.CopyTo(blocks[(16 * n)..]);
            blocks[16 * n + 7] ^= label;
            blocks[16 * n + 15] = (byte)n;
        }
        // In one go: a call derives two dozen keys, and a cipher with buffers for each would be 100 KB of garbage.
        using var aes = Aes.Create();
        aes.SetKey(masterKey);
        aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        blocks[..key.Length].CopyTo(key);
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
