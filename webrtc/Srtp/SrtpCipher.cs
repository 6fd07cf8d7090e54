namespace GoTo.WebRtc.Srtp;

/// <summary>
/// A profile's use of the ciphers for one direction, for RTP or for RTCP. Knows nothing of sources and replays. A
/// packet is <c>header | payload</c>, with room for the tag behind it; the header is authenticated, the payload
/// encrypted too.
/// </summary>
internal abstract class SrtpCipher : IDisposable
{
    /// <summary>The bytes of the tag.</summary>
    public abstract int TagLength { get; }

    /// <summary>
    /// Whether SRTCP's index word stands behind the tag (RFC 7714 section 9) or before it (RFC 3711).
    /// </summary>
    public abstract bool IndexBehindTag { get; }

    /// <param name="profile">The profile.</param>
    /// <param name="key">The direction's master key.</param>
    /// <param name="salt">The direction's master salt.</param>
    /// <param name="label">The label of the first session key (RFC 3711 section 4.3.2).</param>
    /// <param name="primitives">The ciphers.</param>
    public static SrtpCipher Create(
        SrtpProfile profile, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, byte label, SrtpPrimitives primitives)
    {
        Span<byte> encryption = stackalloc byte[16];
        Span<byte> authentication = stackalloc byte[20];
        Span<byte> sessionSalt = stackalloc byte[SrtpKeyDerivation.SaltLength];
        SrtpKeyDerivation.Derive(key, salt, label, encryption);
        SrtpKeyDerivation.Derive(key, salt, (byte)(label + 1), authentication);
        SrtpKeyDerivation.Derive(key, salt, (byte)(label + 2), sessionSalt);
        return profile switch
        {
            SrtpProfile.AeadAes128Gcm =>
                new AeadSrtpCipher(encryption, sessionSalt[..AeadSrtpCipher.SaltLength], primitives),
            SrtpProfile.Aes128CmSha1_80 =>
                new CounterSrtpCipher(encryption, authentication, sessionSalt, primitives),
            _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "No such SRTP profile."),
        };
    }

    /// <summary>Encrypts a packet in place and writes its tag.</summary>
    /// <param name="packet">Header and payload.</param>
    /// <param name="header">Length of the header.</param>
    /// <param name="tag">Where the tag goes.</param>
    /// <param name="id">What the nonce and the tag are made of.</param>
    public abstract void Seal(Span<byte> packet, int header, Span<byte> tag, in SrtpPacketId id);

    /// <summary>The reverse; false when the tag is wrong, and then the payload is useless.</summary>
    public abstract bool Open(Span<byte> packet, int header, ReadOnlySpan<byte> tag, in SrtpPacketId id);

    public abstract void Dispose();
}

/// <summary>What makes a packet unique under its key.</summary>
/// <param name="Ssrc">The source.</param>
/// <param name="Index">RTP: the 48-bit index. RTCP: the 31-bit one.</param>
/// <param name="Word">What is authenticated beyond the packet. RTP: the rollover counter. RTCP: the index word.</param>
/// <param name="IsRtcp">Whether it is an RTCP packet.</param>
internal readonly record struct SrtpPacketId(uint Ssrc, ulong Index, uint Word, bool IsRtcp)
{
    public static SrtpPacketId Rtp(uint ssrc, ulong index) => new(ssrc, index, (uint)(index >> 16), IsRtcp: false);

    /// <param name="ssrc">The source.</param>
    /// <param name="word">The index with the E bit.</param>
    public static SrtpPacketId Rtcp(uint ssrc, uint word) => new(ssrc, word & 0x7FFF_FFFF, word, IsRtcp: true);
}
