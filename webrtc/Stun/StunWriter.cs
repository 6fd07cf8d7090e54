using System.Buffers.Binary;
using GoTo.WebRtc.Hmac;

namespace GoTo.WebRtc.Stun;

/// <summary>
/// Writes a STUN message (RFC 8489) into a buffer of the caller, attribute by attribute, and closes it with
/// MESSAGE-INTEGRITY and FINGERPRINT. Allocates nothing; a buffer that is too small throws.
/// </summary>
internal ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Begins a message with a transaction id of 12 bytes.</summary>
    public StunWriter(Span<byte> buffer, StunClass messageClass, int method, scoped ReadOnlySpan<byte> transactionId)
    {
        _buffer = buffer;
        _length = StunProtocol.HeaderLength;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, StunProtocol.MessageType(messageClass, method));
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunProtocol.MagicCookie);
        transactionId.CopyTo(buffer.Slice(StunProtocol.TransactionIdOffset, StunProtocol.TransactionIdLength));
    }

    /// <summary>An attribute of any type, padded with zeros to a multiple of 4.</summary>
    public void Write(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var padded = (value.Length + 3) & ~3;
        var attribute = _buffer.Slice(_length, 4 + padded);
        BinaryPrimitives.WriteUInt16BigEndian(attribute, type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)value.Length);
        value.CopyTo(attribute[4..]);
        attribute[(4 + value.Length)..].Clear();
        _length += attribute.Length;
    }

    /// <summary>An attribute of 32 bits, as PRIORITY.</summary>
    public void Write(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Write(type, bytes);
    }

    /// <summary>An attribute of 64 bits, as ICE-CONTROLLING.</summary>
    public void Write(ushort type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Write(type, bytes);
    }

    /// <summary>XOR-MAPPED-ADDRESS (RFC 8489 section 14.2).</summary>
    public void WriteXorMappedAddress(in TransportAddress address) =>
        WriteXorAddress(StunAttribute.XorMappedAddress, address);

    /// <summary>An address in the form of XOR-MAPPED-ADDRESS, as XOR-PEER-ADDRESS.</summary>
    public void WriteXorAddress(ushort type, in TransportAddress address)
    {
        Span<byte> value = stackalloc byte[20];
        value[0] = 0;
        value[1] = address.IsIPv4 ? (byte)1 : (byte)2;
        var port = (ushort)(address.Port ^ (int)(StunProtocol.MagicCookie >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], port);
        var length = address.WriteAddress(value[4..]);
        for (var i = 0; i < length; i++) value[4 + i] ^= _buffer[4 + i];
        Write(type, value[..(4 + length)]);
    }

    /// <summary>ERROR-CODE with a reason phrase in UTF-8 of at most 60 bytes (RFC 8489 section 14.8).</summary>
    public void WriteErrorCode(int code, scoped ReadOnlySpan<byte> reason)
    {
        Span<byte> value = stackalloc byte[64];
        value[..2].Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
        Write(StunAttribute.ErrorCode, value[..(4 + reason.Length)]);
    }

    /// <summary>Closes the message with MESSAGE-INTEGRITY under the key and FINGERPRINT.</summary>
    /// <returns>The message's length in bytes.</returns>
    public int Finish(StunKey key)
    {
        WriteHeaderLength(_length + StunProtocol.MessageIntegrityLength);
        Span<byte> mac = stackalloc byte[HmacSha1.Length];
        key.Sha1(_buffer[.._length], mac);
        Write(StunAttribute.MessageIntegrity, mac);
        return Finish();
    }

    /// <summary>Closes the message with FINGERPRINT only, as for a server outside ICE.</summary>
    /// <returns>The message's length in bytes.</returns>
    public int Finish()
    {
        WriteHeaderLength(_length + StunProtocol.FingerprintLength);
        Write(StunAttribute.Fingerprint, Crc32.Compute(_buffer[.._length]) ^ StunProtocol.FingerprintMask);
        return _length;
    }

    private readonly void WriteHeaderLength(int total) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(total - StunProtocol.HeaderLength));
}
