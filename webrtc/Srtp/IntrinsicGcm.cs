using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GoTo.WebRtc.Srtp;

/// <summary>
/// AES-128-GCM by AES-NI and PCLMULQDQ (NIST SP 800-38D). GHASH works on byte-reversed blocks; the product and its
/// reduction follow Gueron and Kounavis, "Intel carry-less multiplication instruction and its usage for computing the
/// GCM mode" (2010), with powers of H so that four blocks share one reduction.
/// </summary>
internal sealed class IntrinsicGcm : Aes128Gcm
{
    private readonly Aes128KeySchedule _key;
    private readonly Vector128<ulong> _h1, _h2, _h3, _h4;

    public IntrinsicGcm(ReadOnlySpan<byte> key)
    {
        _key = new Aes128KeySchedule(key);
        _h1 = Reverse(_key.Encrypt(Vector128<byte>.Zero));
        _h2 = Multiply(_h1, _h1);
        _h3 = Multiply(_h2, _h1);
        _h4 = Multiply(_h3, _h1);
    }

    public override void Encrypt(
        ReadOnlySpan<byte> nonce, Span<byte> data, Span<byte> tag, ReadOnlySpan<byte> associated)
    {
        var block = NonceBlock(nonce);
        IntrinsicCounter.Transform(in _key, WithCounter(block, 2), data);
        Tag(block, data, associated).CopyTo(tag);
    }

    public override bool Decrypt(
        ReadOnlySpan<byte> nonce, Span<byte> data, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated)
    {
        var block = NonceBlock(nonce);
        if (Tag(block, data, associated) != Vector128.Create(tag)) return false; // one compare: no early way out
        IntrinsicCounter.Transform(in _key, WithCounter(block, 2), data);
        return true;
    }

    public override void Dispose()
    {
    }

    private Vector128<byte> Tag(Vector128<uint> nonce, ReadOnlySpan<byte> data, ReadOnlySpan<byte> associated)
    {
        var hash = Hash(Hash(Vector128<ulong>.Zero, associated), data);
        hash = Multiply(hash ^ Vector128.Create((ulong)data.Length * 8, (ulong)associated.Length * 8), _h1);
        return Reverse(hash.AsByte()).AsByte() ^ _key.Encrypt(WithCounter(nonce, 1));
    }

    private Vector128<ulong> Hash(Vector128<ulong> hash, ReadOnlySpan<byte> data)
    {
        ref var start = ref MemoryMarshal.GetReference(data);
        var offset = 0;
        for (; data.Length - offset >= 64; offset += 64)
        {
            Vector128<ulong> low = default, middle = default, high = default;
            ref var at = ref Unsafe.Add(ref start, offset);
            Accumulate(hash ^ Reverse(Vector128.LoadUnsafe(ref at)), _h4, ref low, ref middle, ref high);
            Accumulate(Reverse(Vector128.LoadUnsafe(ref at, 16)), _h3, ref low, ref middle, ref high);
            Accumulate(Reverse(Vector128.LoadUnsafe(ref at, 32)), _h2, ref low, ref middle, ref high);
            Accumulate(Reverse(Vector128.LoadUnsafe(ref at, 48)), _h1, ref low, ref middle, ref high);
            hash = Reduce(low, middle, high);
        }

        for (; data.Length - offset >= 16; offset += 16)
        {
            hash = Multiply(hash ^ Reverse(Vector128.LoadUnsafe(ref Unsafe.Add(ref start, offset))), _h1);
        }

        if (offset < data.Length)
        {
            Span<byte> last = stackalloc byte[16];
            last.Clear();
            data[offset..].CopyTo(last);
            hash = Multiply(hash ^ Reverse(Vector128.Create((ReadOnlySpan<byte>)last)), _h1);
        }

        return hash;
    }

    private static Vector128<uint> NonceBlock(ReadOnlySpan<byte> nonce)
    {
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        nonce[..12].CopyTo(block);
        return Vector128.Create((ReadOnlySpan<byte>)block).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> WithCounter(Vector128<uint> nonce, byte counter) =>
        nonce.WithElement(3, (uint)counter << 24).AsByte(); // big-endian in memory

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reverse(Vector128<byte> block) => Ssse3.Shuffle(
        block, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)).AsUInt64();

    private static Vector128<ulong> Multiply(Vector128<ulong> a, Vector128<ulong> b)
    {
        Vector128<ulong> low = default, middle = default, high = default;
        Accumulate(a, b, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        Vector128<ulong> a,
        Vector128<ulong> b,
        ref Vector128<ulong> low,
        ref Vector128<ulong> middle,
        ref Vector128<ulong> high)
    {
        low ^= Pclmulqdq.CarrylessMultiply(a, b, 0x00);
        high ^= Pclmulqdq.CarrylessMultiply(a, b, 0x11);
        middle ^= Pclmulqdq.CarrylessMultiply(a, b, 0x10) ^ Pclmulqdq.CarrylessMultiply(a, b, 0x01);
    }

    /// <summary>The 256-bit product modulo x^128 + x^7 + x^2 + x + 1, in GCM's reflected bit order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        var l = (low ^ Sse2.ShiftLeftLogical128BitLane(middle, 8)).AsUInt32();
        var h = (high ^ Sse2.ShiftRightLogical128BitLane(middle, 8)).AsUInt32();

        // Reflected operands leave the product one bit too far right.
        var lowCarries = l >>> 31;
        var highCarries = h >>> 31;
        l = (l << 1) | Sse2.ShiftLeftLogical128BitLane(lowCarries, 4);
        h = (h << 1) | Sse2.ShiftLeftLogical128BitLane(highCarries, 4)
            | Sse2.ShiftRightLogical128BitLane(lowCarries, 12);

        var fold = (l << 31) ^ (l << 30) ^ (l << 25);
        l ^= Sse2.ShiftLeftLogical128BitLane(fold, 12);
        l ^= (l >>> 1) ^ (l >>> 2) ^ (l >>> 7) ^ Sse2.ShiftRightLogical128BitLane(fold, 4);
        return (h ^ l).AsUInt64();
    }
}
