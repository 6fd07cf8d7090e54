using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GoTo.WebRtc.Hmac;

/// <summary>The five words of SHA-1's state (RFC 3174).</summary>
internal struct Sha1State
{
    public uint A, B, C, D, E;

    public static Sha1State Initial =>
        new() { A = 0x67452301, B = 0xEFCDAB89, C = 0x98BADCFE, D = 0x10325476, E = 0xC3D2E1F0 };

    public readonly void Write(Span<byte> hash)
    {
        BinaryPrimitives.WriteUInt32BigEndian(hash, A);
        BinaryPrimitives.WriteUInt32BigEndian(hash[4..], B);
        BinaryPrimitives.WriteUInt32BigEndian(hash[8..], C);
        BinaryPrimitives.WriteUInt32BigEndian(hash[12..], D);
        BinaryPrimitives.WriteUInt32BigEndian(hash[16..], E);
    }
}

/// <summary>SHA-1's compression function (RFC 3174 section 6.1), five rounds to a loop so that words need no moving.</summary>
internal static class Sha1Block
{
    [SkipLocalsInit]
    public static void Add(ref Sha1State state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[80];
        for (var i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        ref var w = ref MemoryMarshal.GetReference(words);
        for (var i = 16; i < 80; i++)
        {
            Unsafe.Add(ref w, i) = BitOperations.RotateLeft(
                Unsafe.Add(ref w, i - 3) ^ Unsafe.Add(ref w, i - 8) ^ Unsafe.Add(ref w, i - 14)
                ^ Unsafe.Add(ref w, i - 16), 1);
        }

        uint a = state.A, b = state.B, c = state.C, d = state.D, e = state.E;
        for (var i = 0; i < 20; i += 5)
        {
            Choose(a, ref b, c, d, ref e, Unsafe.Add(ref w, i));
            Choose(e, ref a, b, c, ref d, Unsafe.Add(ref w, i + 1));
            Choose(d, ref e, a, b, ref c, Unsafe.Add(ref w, i + 2));
            Choose(c, ref d, e, a, ref b, Unsafe.Add(ref w, i + 3));
            Choose(b, ref c, d, e, ref a, Unsafe.Add(ref w, i + 4));
        }

        for (var i = 20; i < 40; i += 5)
        {
            Parity(a, ref b, c, d, ref e, Unsafe.Add(ref w, i) + 0x6ED9EBA1);
            Parity(e, ref a, b, c, ref d, Unsafe.Add(ref w, i + 1) + 0x6ED9EBA1);
            Parity(d, ref e, a, b, ref c, Unsafe.Add(ref w, i + 2) + 0x6ED9EBA1);
            Parity(c, ref d, e, a, ref b, Unsafe.Add(ref w, i + 3) + 0x6ED9EBA1);
            Parity(b, ref c, d, e, ref a, Unsafe.Add(ref w, i + 4) + 0x6ED9EBA1);
        }

        for (var i = 40; i < 60; i += 5)
        {
            Majority(a, ref b, c, d, ref e, Unsafe.Add(ref w, i));
            Majority(e, ref a, b, c, ref d, Unsafe.Add(ref w, i + 1));
            Majority(d, ref e, a, b, ref c, Unsafe.Add(ref w, i + 2));
            Majority(c, ref d, e, a, ref b, Unsafe.Add(ref w, i + 3));
            Majority(b, ref c, d, e, ref a, Unsafe.Add(ref w, i + 4));
        }

        for (var i = 60; i < 80; i += 5)
        {
            Parity(a, ref b, c, d, ref e, Unsafe.Add(ref w, i) + 0xCA62C1D6);
            Parity(e, ref a, b, c, ref d, Unsafe.Add(ref w, i + 1) + 0xCA62C1D6);
            Parity(d, ref e, a, b, ref c, Unsafe.Add(ref w, i + 2) + 0xCA62C1D6);
            Parity(c, ref d, e, a, ref b, Unsafe.Add(ref w, i + 3) + 0xCA62C1D6);
            Parity(b, ref c, d, e, ref a, Unsafe.Add(ref w, i + 4) + 0xCA62C1D6);
        }

        state.A += a;
        state.B += b;
        state.C += c;
        state.D += d;
        state.E += e;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose(uint a, ref uint b, uint c, uint d, ref uint e, uint word)
    {
        e += BitOperations.RotateLeft(a, 5) + (d ^ (b & (c ^ d))) + word + 0x5A827999;
        b = BitOperations.RotateLeft(b, 30);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parity(uint a, ref uint b, uint c, uint d, ref uint e, uint wordAndConstant)
    {
        e += BitOperations.RotateLeft(a, 5) + (b ^ c ^ d) + wordAndConstant;
        b = BitOperations.RotateLeft(b, 30);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Majority(uint a, ref uint b, uint c, uint d, ref uint e, uint word)
    {
        e += BitOperations.RotateLeft(a, 5) + ((b & c) | (d & (b | c))) + word + 0x8F1BBCDC;
        b = BitOperations.RotateLeft(b, 30);
    }
}
