using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using GoTo.WebRtc.Hmac;

namespace GoTo.WebRtc.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80 (RFC 3711 sections 4.1.1 and 4.2).</summary>
internal sealed class CounterSrtpCipher : SrtpCipher
{
    private const int AuthenticationTagLength = 10;

    private readonly Aes128Counter _counter;
    private readonly HmacSha1 _hmac;
    private readonly byte[] _salt;

    /// <param name="encryption">The session key of the cipher, 16 bytes.</param>
    /// <param name="authentication">The session key of the MAC, 20 bytes.</param>
    /// <param name="salt">The session salt, 14 bytes.</param>
    /// <param name="primitives">The ciphers.</param>
    public CounterSrtpCipher(
        ReadOnlySpan<byte> encryption,
        ReadOnlySpan<byte> authentication,
        ReadOnlySpan<byte> salt,
        SrtpPrimitives primitives)
    {
        _salt = salt.ToArray();
        _counter = primitives.CreateCounter(encryption);
        _hmac = primitives.CreateHmac(authentication);
    }

    public override int TagLength => AuthenticationTagLength;

    public override bool IndexBehindTag => false;

    public override void Seal(Span<byte> packet, int header, Span<byte> tag, in SrtpPacketId id)
    {
        Encrypt(packet[header..], id);
        WriteTag(packet, id, tag);
    }

    [SkipLocalsInit]
    public override bool Open(Span<byte> packet, int header, ReadOnlySpan<byte> tag, in SrtpPacketId id)
    {
        Span<byte> expected = stackalloc byte[AuthenticationTagLength];
        WriteTag(packet, id, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, tag)) return false;
        Encrypt(packet[header..], id);
        return true;
    }

    public override void Dispose()
    {
        _counter.Dispose();
        _hmac.Dispose();
    }

    [SkipLocalsInit]
    private void Encrypt(Span<byte> payload, in SrtpPacketId id)
    {
        Span<byte> block = stackalloc byte[16];
        _salt.CopyTo(block);
        BinaryPrimitives.WriteUInt16BigEndian(block[14..], 0);
        var ssrc = block[4..8];
        BinaryPrimitives.WriteUInt32BigEndian(ssrc, BinaryPrimitives.ReadUInt32BigEndian(ssrc) ^ id.Ssrc);
        var index = block[6..14]; // 48 bits in its last six bytes
        BinaryPrimitives.WriteUInt64BigEndian(index, BinaryPrimitives.ReadUInt64BigEndian(index) ^ id.Index);
        _counter.Transform(block, payload);
    }

    [SkipLocalsInit]
    private void WriteTag(ReadOnlySpan<byte> packet, in SrtpPacketId id, Span<byte> tag)
    {
        Span<byte> word = stackalloc byte[4];
        Span<byte> mac = stackalloc byte[HmacSha1.Length];
        BinaryPrimitives.WriteUInt32BigEndian(word, id.Word);
        _hmac.Compute(packet, word, mac);
        mac[..AuthenticationTagLength].CopyTo(tag);
    }
}
