using System.Buffers.Binary;
using System.Security.Cryptography;
using GoTo.WebRtc.Srtp;
using Org.BouncyCastle.Tls;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// The record layer of an association whose handshake is done (RFC 6347 section 4.1): epoch 1, protected by the suite
/// of the handshake (RFC 5288, RFC 7905) with the platform's cryptography. A forged record costs what a forged SRTP
/// packet does, about a microsecond, and changes nothing. Not thread-safe.
/// </summary>
internal sealed class DtlsRecords : IDisposable
{
    /// <summary>What comes before the protected part of a record.</summary>
    public const int HeaderLength = 13;

    /// <summary>The most bytes that protection adds, header included.</summary>
    public const int MaxOverhead = HeaderLength + ExplicitNonce + Tag;

    private const int ExplicitNonce = 8;
    private const int Tag = 16;
    private const int Nonce = 12;
    private const ushort Version = 0xfefd; // DTLS 1.2
    private const ushort Epoch = 1;
    private const int LengthField = 11;
    private const ulong MaxSequence = (1UL << 48) - 1;

    private readonly bool _isGcm;
    private readonly DtlsKeys _keys;

    // Made when first used: without data channels there is no record until close_notify.
    private AesGcm? _localGcm;
    private AesGcm? _remoteGcm;
    private ChaCha20Poly1305? _localChaCha;
    private ChaCha20Poly1305? _remoteChaCha;
    private ReplayWindow _received;
    private ulong _nextSequence;

    /// <param name="keys">The keys of the handshake.</param>
    /// <param name="nextSequence">
    /// The first sequence number that the handshake has not used in this epoch: a nonce must not repeat.
    /// </param>
    public DtlsRecords(DtlsKeys keys, ulong nextSequence)
    {
        _isGcm = keys.CipherSuite != CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
        _keys = keys;
        _nextSequence = nextSequence;
    }

    private int NonceInRecord => _isGcm ? ExplicitNonce : 0;

    /// <summary>Splits the first record off a datagram; empty when there is no whole one.</summary>
    public static ReadOnlySpan<byte> NextRecord(ref ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderLength) return [];
        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(datagram[LengthField..]);
        if (length > datagram.Length) return [];
        var record = datagram[..length];
        datagram = datagram[length..];
        return record;
    }

    /// <summary>The epoch in a record's header.</summary>
    public static int EpochOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16BigEndian(record[3..]);

    /// <summary>The sequence number in a record's header.</summary>
    public static ulong SequenceOf(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt64BigEndian(record[3..]) & MaxSequence;

    /// <summary>Makes a record of epoch 0, which nothing protects; gives its length.</summary>
    public static int WriteInClear(byte type, ulong sequence, ReadOnlySpan<byte> content, Span<byte> record)
    {
        record[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], Version);
        BinaryPrimitives.WriteUInt64BigEndian(record[3..], sequence);
        BinaryPrimitives.WriteUInt16BigEndian(record[LengthField..], (ushort)content.Length);
        content.CopyTo(record[HeaderLength..]);
        return HeaderLength + content.Length;
    }

    /// <summary>Makes a record.</summary>
    /// <param name="type">The content type (RFC 5246 section 6.2.1).</param>
    /// <param name="content">The content.</param>
    /// <param name="record">Where the record goes: the content's length and <see cref="MaxOverhead"/>.</param>
    /// <returns>The record's length.</returns>
    public int Protect(byte type, ReadOnlySpan<byte> content, Span<byte> record)
    {
        if (_nextSequence >= MaxSequence) throw new InvalidOperationException("The association's keys are used up.");
        var sealedLength = NonceInRecord + content.Length + Tag;
        record[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], Version);
        BinaryPrimitives.WriteUInt64BigEndian(record[3..], ((ulong)Epoch << 48) | _nextSequence++);
        BinaryPrimitives.WriteUInt16BigEndian(record[LengthField..], (ushort)sealedLength);
        var body = record.Slice(HeaderLength, sealedLength);
        if (_isGcm) record.Slice(3, ExplicitNonce).CopyTo(body);
        Span<byte> nonce = stackalloc byte[Nonce];
        Span<byte> associated = stackalloc byte[HeaderLength];
        WriteNonce(nonce, _keys.LocalIv, _isGcm ? body : record[3..]);
        Associate(associated, record, content.Length);
        var encrypted = body.Slice(NonceInRecord, content.Length);
        if (_isGcm)
            (_localGcm ??= new AesGcm(_keys.LocalKey, Tag)).Encrypt(nonce, content, encrypted, body[^Tag..], associated);
        else
            (_localChaCha ??= new ChaCha20Poly1305(_keys.LocalKey)).Encrypt(nonce, content, encrypted, body[^Tag..], associated);
        return HeaderLength + sealedLength;
    }

    /// <summary>Opens a record; false when it is not authentic, was seen before, or is of another epoch.</summary>
    /// <param name="record">One whole record.</param>
    /// <param name="content">Where the content goes; as long as the record.</param>
    /// <param name="length">The content's length.</param>
    public bool TryUnprotect(ReadOnlySpan<byte> record, Span<byte> content, out int length)
    {
        var body = record[HeaderLength..];
        length = body.Length - NonceInRecord - Tag;
        if (length < 0 || EpochOf(record) != Epoch) return false;
        var sequence = SequenceOf(record);
        if (!_received.IsNew(sequence)) return false;
        Span<byte> nonce = stackalloc byte[Nonce];
        Span<byte> associated = stackalloc byte[HeaderLength];
        WriteNonce(nonce, _keys.RemoteIv, _isGcm ? body : record[3..]);
        Associate(associated, record, length);
        var encrypted = body.Slice(NonceInRecord, length);
        try
        {
            if (_isGcm)
                (_remoteGcm ??= new AesGcm(_keys.RemoteKey, Tag)).Decrypt(nonce, encrypted, body[^Tag..], content[..length], associated);
            else
                (_remoteChaCha ??= new ChaCha20Poly1305(_keys.RemoteKey)).Decrypt(nonce, encrypted, body[^Tag..], content[..length], associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        _received.Commit(sequence);
        return true;
    }

    public void Dispose()
    {
        _localGcm?.Dispose();
        _remoteGcm?.Dispose();
        _localChaCha?.Dispose();
        _remoteChaCha?.Dispose();
    }

    /// <summary>GCM: the fixed part, then the record's own (RFC 5288). ChaCha20: both mixed (RFC 7905).</summary>
    private static void WriteNonce(Span<byte> nonce, byte[] iv, ReadOnlySpan<byte> explicitPart)
    {
        nonce.Clear();
        explicitPart[..ExplicitNonce].CopyTo(nonce[(Nonce - ExplicitNonce)..]);
        for (var i = 0; i < iv.Length; i++) nonce[i] ^= iv[i];
    }

    /// <summary>Epoch and sequence number, type, version, length of the content (RFC 5246 section 6.2.3.3).</summary>
    private static void Associate(Span<byte> associated, ReadOnlySpan<byte> record, int contentLength)
    {
        record.Slice(3, 8).CopyTo(associated);
        record[..3].CopyTo(associated[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(associated[LengthField..], (ushort)contentLength);
    }
}
