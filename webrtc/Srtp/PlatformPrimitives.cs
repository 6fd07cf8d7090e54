using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GoTo.WebRtc.Srtp;

/// <summary>Counter mode from the platform's ECB: whole chunks of counter blocks are encrypted in one call.</summary>
internal sealed class PlatformCounter : Aes128Counter
{
    private const int Chunk = 2048;

    private readonly ICryptoTransform _ecb;
    private readonly byte[] _counters = new byte[Chunk];
    private readonly byte[] _stream = new byte[Chunk];

    public PlatformCounter(ReadOnlySpan<byte> key)
    {
        using var aes = Aes.Create();
        aes.Key = key.ToArray();
        aes.Mode = CipherMode.ECB; // of counter blocks, which never repeat
        aes.Padding = PaddingMode.None;
        _ecb = aes.CreateEncryptor();
    }

    public override void Transform(ReadOnlySpan<byte> counterBlock, Span<byte> data)
    {
        var counter = BinaryPrimitives.ReadUInt32BigEndian(counterBlock[12..]);
        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, Chunk)];
            var bytes = (part.Length + 15) & ~15;
            for (var offset = 0; offset < bytes; offset += 16)
            {
                counterBlock[..12].CopyTo(_counters.AsSpan(offset));
                BinaryPrimitives.WriteUInt32BigEndian(_counters.AsSpan(offset + 12), counter++);
            }

            _ecb.TransformBlock(_counters, 0, bytes, _stream, 0);
            Xor(part, _stream.AsSpan(0, part.Length));
            data = data[part.Length..];
        }
    }

    public override void Dispose() => _ecb.Dispose();

    private static void Xor(Span<byte> data, ReadOnlySpan<byte> stream)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(data);
        var streams = MemoryMarshal.Cast<byte, Vector<byte>>(stream);
        for (var i = 0; i < vectors.Length; i++) vectors[i] ^= streams[i];
        for (var i = vectors.Length * Vector<byte>.Count; i < data.Length; i++) data[i] ^= stream[i];
    }
}

/// <summary>GCM by the platform.</summary>
internal sealed class PlatformGcm(ReadOnlySpan<byte> key) : Aes128Gcm
{
    private readonly AesGcm _gcm = new(key, AesGcm.TagByteSizes.MaxSize);

    public override void Encrypt(
        ReadOnlySpan<byte> nonce, Span<byte> data, Span<byte> tag, ReadOnlySpan<byte> associated) =>
        _gcm.Encrypt(nonce, data, data, tag, associated);

    public override bool Decrypt(
        ReadOnlySpan<byte> nonce, Span<byte> data, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated)
    {
        try
        {
            _gcm.Decrypt(nonce, data, tag, data, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public override void Dispose() => _gcm.Dispose();
}
