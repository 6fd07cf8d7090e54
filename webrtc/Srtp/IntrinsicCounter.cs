using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GoTo.WebRtc.Srtp;

/// <summary>AES-128 counter mode by AES-NI, four blocks at a time.</summary>
internal sealed class IntrinsicCounter(ReadOnlySpan<byte> key) : Aes128Counter
{
    private readonly Aes128KeySchedule _key = new(key);

    public override void Transform(ReadOnlySpan<byte> counterBlock, Span<byte> data) =>
        Transform(in _key, Vector128.Create(counterBlock), data);

    public override void Dispose()
    {
    }

    /// <summary>The same, for GCM to share.</summary>
    [SkipLocalsInit]
    public static void Transform(in Aes128KeySchedule key, Vector128<byte> counterBlock, Span<byte> data)
    {
        var block = counterBlock.AsUInt32();
        var counter = BinaryPrimitives.ReverseEndianness(block.GetElement(3));
        ref var start = ref MemoryMarshal.GetReference(data);
        var offset = 0;
        for (; data.Length - offset >= 64; offset += 64, counter += 4)
        {
            var a = Counter(block, counter);
            var b = Counter(block, counter + 1);
            var c = Counter(block, counter + 2);
            var d = Counter(block, counter + 3);
            key.Encrypt(ref a, ref b, ref c, ref d);
            ref var at = ref Unsafe.Add(ref start, offset);
            (a ^ Vector128.LoadUnsafe(ref at)).StoreUnsafe(ref at);
            (b ^ Vector128.LoadUnsafe(ref at, 16)).StoreUnsafe(ref at, 16);
            (c ^ Vector128.LoadUnsafe(ref at, 32)).StoreUnsafe(ref at, 32);
            (d ^ Vector128.LoadUnsafe(ref at, 48)).StoreUnsafe(ref at, 48);
        }

        for (; data.Length - offset >= 16; offset += 16, counter++)
        {
            ref var at = ref Unsafe.Add(ref start, offset);
            (key.Encrypt(Counter(block, counter)) ^ Vector128.LoadUnsafe(ref at)).StoreUnsafe(ref at);
        }

        if (offset < data.Length)
        {
            Span<byte> stream = stackalloc byte[16];
            key.Encrypt(Counter(block, counter)).CopyTo(stream);
            for (var i = 0; offset < data.Length; i++, offset++) data[offset] ^= stream[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Counter(Vector128<uint> block, uint counter) =>
        block.WithElement(3, BinaryPrimitives.ReverseEndianness(counter)).AsByte();
}
