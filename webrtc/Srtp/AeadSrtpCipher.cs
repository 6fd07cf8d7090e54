using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GoTo.WebRtc.Srtp;

/// <summary>AEAD_AES_128_GCM (RFC 7714).</summary>
internal sealed class AeadSrtpCipher : SrtpCipher
{
    /// <summary>Length of the salt and of the nonce, bytes.</summary>
    public const int SaltLength = 12;

    private readonly Aes128Gcm _gcm;
    private readonly byte[] _salt;

    /// <param name="key">The session key, 16 bytes.</param>
    /// <param name="salt">The session salt, 12 bytes.</param>
    /// <param name="primitives">The ciphers.</param>
    public AeadSrtpCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, SrtpPrimitives primitives)
    {
        _salt = salt.ToArray();
        _gcm = primitives.CreateGcm(key);
    }

    public override int TagLength => 16;

    public override bool IndexBehindTag => true;

    [SkipLocalsInit]
    public override void Seal(Span<byte> packet, int header, Span<byte> tag, in SrtpPacketId id)
    {
        Span<byte> nonce = stackalloc byte[SaltLength];
        Span<byte> scratch = stackalloc byte[SaltLength];
        WriteNonce(id, nonce);
        _gcm.Encrypt(nonce, packet[header..], tag, Associated(packet, header, id, scratch));
    }

    [SkipLocalsInit]
    public override bool Open(Span<byte> packet, int header, ReadOnlySpan<byte> tag, in SrtpPacketId id)
    {
        Span<byte> nonce = stackalloc byte[SaltLength];
        Span<byte> scratch = stackalloc byte[SaltLength];
        WriteNonce(id, nonce);
        return _gcm.Decrypt(nonce, packet[header..], tag, Associated(packet, header, id, scratch));
    }

    public override void Dispose() => _gcm.Dispose();

    /// <summary>RFC 7714 section 8.1 (RTP) and 9.1 (RTCP): zeros, SSRC and index, mixed with the salt.</summary>
    private void WriteNonce(in SrtpPacketId id, Span<byte> nonce)
    {
        BinaryPrimitives.WriteUInt16BigEndian(nonce, 0);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], id.Ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(nonce[6..], (ushort)(id.Index >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], (uint)id.Index);
        for (var i = 0; i < SaltLength; i++) nonce[i] ^= _salt[i];
    }

    /// <summary>RTP: the header. RTCP: the header and the index word (RFC 7714 section 9.2).</summary>
    private static ReadOnlySpan<byte> Associated(
        ReadOnlySpan<byte> packet, int header, in SrtpPacketId id, Span<byte> scratch)
    {
        if (!id.IsRtcp) return packet[..header];
        packet[..header].CopyTo(scratch);
        BinaryPrimitives.WriteUInt32BigEndian(scratch[header..], id.Word);
        return scratch;
    }
}
