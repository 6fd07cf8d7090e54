using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GoTo.WebRtc.Hmac;

/// <summary>
/// HMAC-SHA1 (RFC 2104) on <see cref="Sha1Block"/> with the padded key hashed once. In a loop the platform's is as fast,
/// for its SHA-1 uses instructions that .NET does not offer; but it keeps a key in a dozen places of the heap and copies
/// them for each packet. Of many calls none is in the cache when its packet comes: there the platform's took a fifth of
/// the whole way of a packet.
/// </summary>
internal sealed class ManagedHmacSha1 : HmacSha1
{
    private const int BlockLength = 64;

    private readonly Sha1State _inner = Sha1State.Initial;
    private readonly Sha1State _outer = Sha1State.Initial;

    public ManagedHmacSha1(ReadOnlySpan<byte> key)
    {
        Span<byte> inner = stackalloc byte[BlockLength];
        Span<byte> outer = stackalloc byte[BlockLength];
        inner.Clear();
        if (key.Length > BlockLength) Sha1(key, inner);
        else key.CopyTo(inner);
        for (var i = 0; i < BlockLength; i++)
        {
            outer[i] = (byte)(inner[i] ^ 0x5c);
            inner[i] ^= 0x36;
        }

        Sha1Block.Add(ref _inner, inner);
        Sha1Block.Add(ref _outer, outer);
    }

    [SkipLocalsInit]
    public override void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> trailer, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[Length];
        Finish(_inner, data, trailer, hash);
        Finish(_outer, hash, [], mac);
    }

    public override void Dispose()
    {
    }

    private static void Sha1(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        Span<byte> last = stackalloc byte[2 * BlockLength];
        var state = Sha1State.Initial;
        var rest = AddBlocks(ref state, data);
        Pad(ref state, data[rest..], [], data.Length, last);
        state.Write(hash);
    }

    /// <summary>The hash of data and trailer, in a state that has taken one block already.</summary>
    [SkipLocalsInit]
    private static void Finish(
        Sha1State state, ReadOnlySpan<byte> data, ReadOnlySpan<byte> trailer, Span<byte> hash)
    {
        Span<byte> last = stackalloc byte[2 * BlockLength];
        var rest = AddBlocks(ref state, data);
        Pad(ref state, data[rest..], trailer, BlockLength + data.Length + trailer.Length, last);
        state.Write(hash);
    }

    private static int AddBlocks(ref Sha1State state, ReadOnlySpan<byte> data)
    {
        var offset = 0;
        for (; data.Length - offset >= BlockLength; offset += BlockLength)
        {
            Sha1Block.Add(ref state, data.Slice(offset, BlockLength));
        }

        return offset;
    }

    private static void Pad(
        ref Sha1State state, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> trailer, int total, Span<byte> last)
    {
        rest.CopyTo(last);
        trailer.CopyTo(last[rest.Length..]);
        var used = rest.Length + trailer.Length;
        last[used++] = 0x80;
        var end = used <= BlockLength - 8 ? BlockLength : 2 * BlockLength;
        last[used..end].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(last[(end - 8)..], (ulong)total * 8);
        Sha1Block.Add(ref state, last[..BlockLength]);
        if (end > BlockLength) Sha1Block.Add(ref state, last[BlockLength..]);
    }
}
