using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GoTo.WebRtc.Srtp;

/// <summary>
/// AES-128 block encryption by AES-NI (FIPS 197): the eleven round keys, and one or four blocks at a time.
/// </summary>
internal readonly struct Aes128KeySchedule
{
    private readonly Vector128<byte> _k0, _k1, _k2, _k3, _k4, _k5, _k6, _k7, _k8, _k9, _k10;

    public Aes128KeySchedule(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, 16);
        _k0 = Vector128.Create(key);
        _k1 = Next(_k0, 0x01);
        _k2 = Next(_k1, 0x02);
        _k3 = Next(_k2, 0x04);
        _k4 = Next(_k3, 0x08);
        _k5 = Next(_k4, 0x10);
        _k6 = Next(_k5, 0x20);
        _k7 = Next(_k6, 0x40);
        _k8 = Next(_k7, 0x80);
        _k9 = Next(_k8, 0x1b);
        _k10 = Next(_k9, 0x36);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<byte> Encrypt(Vector128<byte> block)
    {
        block ^= _k0;
        block = Aes.Encrypt(block, _k1);
        block = Aes.Encrypt(block, _k2);
        block = Aes.Encrypt(block, _k3);
        block = Aes.Encrypt(block, _k4);
        block = Aes.Encrypt(block, _k5);
        block = Aes.Encrypt(block, _k6);
        block = Aes.Encrypt(block, _k7);
        block = Aes.Encrypt(block, _k8);
        block = Aes.Encrypt(block, _k9);
        return Aes.EncryptLast(block, _k10);
    }

    /// <summary>Four blocks in step: the instruction has a latency of several cycles but starts every cycle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Encrypt(
        ref Vector128<byte> a, ref Vector128<byte> b, ref Vector128<byte> c, ref Vector128<byte> d)
    {
        Vector128<byte> w = a ^ _k0, x = b ^ _k0, y = c ^ _k0, z = d ^ _k0;
        Round(ref w, ref x, ref y, ref z, _k1);
        Round(ref w, ref x, ref y, ref z, _k2);
        Round(ref w, ref x, ref y, ref z, _k3);
        Round(ref w, ref x, ref y, ref z, _k4);
        Round(ref w, ref x, ref y, ref z, _k5);
        Round(ref w, ref x, ref y, ref z, _k6);
        Round(ref w, ref x, ref y, ref z, _k7);
        Round(ref w, ref x, ref y, ref z, _k8);
        Round(ref w, ref x, ref y, ref z, _k9);
        a = Aes.EncryptLast(w, _k10);
        b = Aes.EncryptLast(x, _k10);
        c = Aes.EncryptLast(y, _k10);
        d = Aes.EncryptLast(z, _k10);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector128<byte> w, ref Vector128<byte> x, ref Vector128<byte> y, ref Vector128<byte> z, Vector128<byte> key)
    {
        w = Aes.Encrypt(w, key);
        x = Aes.Encrypt(x, key);
        y = Aes.Encrypt(y, key);
        z = Aes.Encrypt(z, key);
    }

    /// <summary>
    /// The next round key. KeygenAssist's own constant must be known to the compiler; with 0 it leaves
    /// RotWord(SubWord(w3)) in the top word, to which the round's constant is added here.
    /// </summary>
    private static Vector128<byte> Next(Vector128<byte> key, byte roundConstant)
    {
        var word = Aes.KeygenAssist(key, 0).AsUInt32().GetElement(3) ^ roundConstant;
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8);
        return key ^ Vector128.Create(word).AsByte();
    }
}
