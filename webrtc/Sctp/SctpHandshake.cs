using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GoTo.WebRtc.Sctp;

/// <summary>What an INIT or INIT ACK says (RFC 9260 sections 3.3.2 and 3.3.3).</summary>
internal readonly record struct SctpInit(
    uint Tag, uint Window, ushort OutStreams, ushort InStreams, uint InitialTsn, bool PartialReliability)
{
    private const int Fixed = 16;
    private const ushort SupportedExtensions = 0x8008;
    private const ushort ForwardTsnSupported = 0xC000;
    private const ushort StateCookie = 7;

    /// <summary>Our parameters: FORWARD-TSN (RFC 3758 section 3.1), and RE-CONFIG with it (RFC 5061 section 4.2.7).</summary>
    private static ReadOnlySpan<byte> OwnParameters =>
    [
        0xC0, 0x00, 0, 4,
        0x80, 0x08, 0, 6, (byte)SctpChunkType.ReConfig, (byte)SctpChunkType.ForwardTsn, 0, 0,
    ];

    /// <summary>Reads the value of the chunk.</summary>
    /// <param name="value">The value.</param>
    /// <param name="init">What it says.</param>
    /// <param name="cookie">The state cookie of an INIT ACK; empty when there is none.</param>
    public static bool TryRead(ReadOnlySpan<byte> value, out SctpInit init, out byte[] cookie)
    {
        init = default;
        cookie = [];
        if (value.Length < Fixed) return false;
        var partial = false;
        for (var rest = value[Fixed..]; SctpChunk.TryTake(ref rest, out var parameter);)
        {
            switch (parameter.Parameter)
            {
                case StateCookie:
                    cookie = parameter.Value.ToArray();
                    break;
                case ForwardTsnSupported:
                    partial = true;
                    break;
                case SupportedExtensions:
                    partial |= parameter.Value.Contains((byte)SctpChunkType.ForwardTsn);
                    break;
                case var unknown when (unknown & 0x8000) == 0 && unknown is not (5 or 6 or 9 or 11 or 12):
                    rest = []; // "do not process further" (section 3.2.1); the named ones are addresses and such
                    break;
            }
        }

        init = new SctpInit(
            BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(value[8..]), BinaryPrimitives.ReadUInt16BigEndian(value[10..]),
            BinaryPrimitives.ReadUInt32BigEndian(value[12..]), partial);
        return init is { Tag: not 0, OutStreams: not 0, InStreams: not 0 };
    }

    /// <summary>Writes the chunk; an INIT ACK has a cookie.</summary>
    public void Write(SctpPacketWriter writer, uint tag, SctpChunkType type, ReadOnlySpan<byte> cookie)
    {
        var cookieLength = cookie.IsEmpty ? 0 : SctpChunk.HeaderLength + cookie.Length;
        var value = writer.Add(tag, type, 0, Fixed + OwnParameters.Length + cookieLength);
        BinaryPrimitives.WriteUInt32BigEndian(value, Tag);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], OutStreams);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], InStreams);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], InitialTsn);
        OwnParameters.CopyTo(value[Fixed..]);
        if (cookie.IsEmpty) return;
        var parameter = value[(Fixed + OwnParameters.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(parameter, StateCookie);
        BinaryPrimitives.WriteUInt16BigEndian(parameter[2..], (ushort)cookieLength);
        cookie.CopyTo(parameter[SctpChunk.HeaderLength..]);
    }
}

/// <summary>
/// The state cookie (RFC 9260 section 5.1.3): what we need to know of a peer that sent an INIT, kept by the peer and
/// signed by us, so that an INIT costs no memory.
/// </summary>
internal sealed class SctpCookies(Entropy entropy)
{
    private const int Fields = 36;
    private const int Signature = 16;
    private static readonly long Life = TimeSpan.FromSeconds(60).Ticks;

    private readonly byte[] _key = NewKey(entropy);

    /// <summary>A cookie's length: a multiple of four.</summary>
    public const int Length = Fields + Signature;

    /// <summary>Makes a cookie of both sides' INIT.</summary>
    public byte[] Bake(in SctpInit local, in SctpInit remote, long now)
    {
        var cookie = new byte[Length];
        BinaryPrimitives.WriteUInt32BigEndian(cookie, local.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(cookie.AsSpan(4), local.InitialTsn);
        BinaryPrimitives.WriteUInt32BigEndian(cookie.AsSpan(8), remote.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(cookie.AsSpan(12), remote.Window);
        BinaryPrimitives.WriteUInt16BigEndian(cookie.AsSpan(16), remote.OutStreams);
        BinaryPrimitives.WriteUInt16BigEndian(cookie.AsSpan(18), remote.InStreams);
        BinaryPrimitives.WriteUInt32BigEndian(cookie.AsSpan(20), remote.InitialTsn);
        cookie[24] = remote.PartialReliability ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(cookie.AsSpan(28), now);
        Sign(cookie, cookie.AsSpan(Fields));
        return cookie;
    }

    /// <summary>Reads a cookie that came back; false when it is not ours or is stale.</summary>
    public bool TryRead(ReadOnlySpan<byte> cookie, long now, out uint localTag, out SctpInit remote)
    {
        localTag = 0;
        remote = default;
        if (cookie.Length != Length) return false;
        Span<byte> signature = stackalloc byte[Signature];
        Sign(cookie, signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, cookie[Fields..])) return false;
        if (now - BinaryPrimitives.ReadInt64BigEndian(cookie[28..]) > Life) return false;
        localTag = BinaryPrimitives.ReadUInt32BigEndian(cookie);
        remote = new SctpInit(
            BinaryPrimitives.ReadUInt32BigEndian(cookie[8..]), BinaryPrimitives.ReadUInt32BigEndian(cookie[12..]),
            BinaryPrimitives.ReadUInt16BigEndian(cookie[16..]), BinaryPrimitives.ReadUInt16BigEndian(cookie[18..]),
            BinaryPrimitives.ReadUInt32BigEndian(cookie[20..]), cookie[24] != 0);
        return true;
    }

    private static byte[] NewKey(Entropy entropy)
    {
        var key = new byte[32];
        entropy.Fill(key);
        return key;
    }

    private void Sign(ReadOnlySpan<byte> cookie, Span<byte> signature)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, cookie[..Fields], mac);
        mac[..Signature].CopyTo(signature);
    }
}
