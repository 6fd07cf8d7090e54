using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GoTo.WebRtc.Stun;

/// <summary>
/// A view of a received STUN message (RFC 8489) with the attributes of ICE (RFC 8445). It lies on the datagram, copies
/// and allocates nothing, and no bytes make it throw.
/// </summary>
internal readonly ref partial struct StunMessage
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _xorMapped;
    private readonly int _integrityOffset;
    private readonly int _integritySha256Offset;
    private readonly int _fingerprintOffset;

    private StunMessage(ReadOnlySpan<byte> message, scoped in Attributes attributes)
    {
        _message = message;
        _xorMapped = attributes.XorMapped;
        _integrityOffset = attributes.IntegrityOffset;
        _integritySha256Offset = attributes.IntegritySha256Offset;
        _fingerprintOffset = attributes.FingerprintOffset;
        Username = attributes.Username;
        Priority = attributes.Priority;
        UseCandidate = attributes.UseCandidate;
        IceControlling = attributes.IceControlling;
        IceControlled = attributes.IceControlled;
        ErrorCode = attributes.ErrorCode;
        UnknownRequiredCount = attributes.UnknownRequiredCount;
    }

    /// <summary>Request, indication, success or error response.</summary>
    public StunClass Class
    {
        get
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(_message);
            return (StunClass)(((type >> 4) & 1) | ((type >> 7) & 2));
        }
    }

    /// <summary>The method, 12 bits; 1 is Binding.</summary>
    public int Method
    {
        get
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(_message);
            return (type & 0x000F) | ((type >> 1) & 0x0070) | ((type >> 2) & 0x0F80);
        }
    }

    /// <summary>The 12 bytes that pair a response with its request.</summary>
    public ReadOnlySpan<byte> TransactionId =>
        _message.Slice(StunProtocol.TransactionIdOffset, StunProtocol.TransactionIdLength);

    /// <summary>USERNAME in UTF-8, empty if absent. In a check: the receiver's ufrag ":" the sender's ufrag.</summary>
    public ReadOnlySpan<byte> Username { get; }

    /// <summary>The first half of USERNAME: the ufrag of the agent asked. Empty without a colon.</summary>
    public ReadOnlySpan<byte> ReceiverUfrag
    {
        get
        {
            var colon = Username.IndexOf((byte)':');
            return colon < 0 ? default : Username[..colon];
        }
    }

    /// <summary>PRIORITY of a check: the priority of the candidate that the receiver may learn from it.</summary>
    public uint? Priority { get; }

    /// <summary>Is USE-CANDIDATE present: the controlling agent nominates this pair.</summary>
    public bool UseCandidate { get; }

    /// <summary>ICE-CONTROLLING: the sender's tie-breaker if it believes to be controlling.</summary>
    public ulong? IceControlling { get; }

    /// <summary>ICE-CONTROLLED: the sender's tie-breaker if it believes to be controlled.</summary>
    public ulong? IceControlled { get; }

    /// <summary>ERROR-CODE, 300 to 699, or 0 if absent.</summary>
    public int ErrorCode { get; }

    /// <summary>How many comprehension-required attributes there are that this engine does not know.</summary>
    public int UnknownRequiredCount { get; }

    /// <summary>Is MESSAGE-INTEGRITY or its SHA-256 form present. It says nothing of its being right.</summary>
    public bool HasIntegrity => ProtectedLength > 0;

    /// <summary>Is FINGERPRINT present. It says nothing of its being right.</summary>
    public bool HasFingerprint => _fingerprintOffset > 0;

    /// <summary>How much of the message its first MESSAGE-INTEGRITY of either form protects; 0 without one.</summary>
    private int ProtectedLength => _integrityOffset > 0 ? _integrityOffset : _integritySha256Offset;

    /// <summary>
    /// Reads a datagram as one STUN message. False if it is none: wrong first bits, cookie or length, an attribute that
    /// passes the end or has an impossible length.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length is < StunProtocol.HeaderLength or > StunProtocol.MaxMessageLength) return false;
        if ((datagram[0] & 0xC0) != 0) return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != StunProtocol.MagicCookie) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length + StunProtocol.HeaderLength != datagram.Length || (length & 3) != 0) return false;

        var attributes = default(Attributes);
        for (var walk = new Walk(datagram); walk.MoveNext();)
        {
            if (walk.IsBroken || !attributes.Take(walk)) return false;
        }

        message = new StunMessage(datagram, attributes);
        return true;
    }

    /// <summary>XOR-MAPPED-ADDRESS: the address from which the request was seen to come.</summary>
    public bool TryGetXorMappedAddress(out TransportAddress address) => TryReadAddress(_xorMapped, true, out address);

    /// <summary>The value of the first attribute of this type that stands before MESSAGE-INTEGRITY.</summary>
    public bool TryGet(ushort type, out ReadOnlySpan<byte> value)
    {
        for (var walk = new Walk(_message); walk.MoveNext() && !walk.IsBroken;)
        {
            if (HasIntegrity && walk.Offset >= ProtectedLength) break;
            if (walk.Type != type) continue;
            value = walk.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>An attribute of 32 bits, as LIFETIME.</summary>
    public bool TryGetUInt32(ushort type, out uint value)
    {
        var found = TryGet(type, out var bytes) && bytes.Length == sizeof(uint);
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
        return found;
    }

    /// <summary>An address attribute: XOR-… ones as of RFC 8489 section 14.2, ALTERNATE-SERVER plain.</summary>
    public bool TryGetAddress(ushort type, out TransportAddress address)
    {
        address = default;
        return TryGet(type, out var value) && TryReadAddress(value, type != StunAttribute.AlternateServer, out address);
    }

    private bool TryReadAddress(ReadOnlySpan<byte> value, bool isXored, out TransportAddress address)
    {
        address = default;
        if (value.Length < 4) return false;
        var addressLength = value[1] switch { 1 => 4, 2 => 16, _ => 0 };
        if (addressLength == 0 || value.Length != 4 + addressLength) return false;

        Span<byte> plain = stackalloc byte[16];
        for (var i = 0; i < addressLength; i++) plain[i] = (byte)(value[4 + i] ^ (isXored ? _message[4 + i] : 0));
        var port = BinaryPrimitives.ReadUInt16BigEndian(value[2..])
            ^ (isXored ? (int)(StunProtocol.MagicCookie >> 16) : 0);
        address = TransportAddress.FromBytes(plain[..addressLength], port);
        return true;
    }

    /// <summary>Copies the types of the unknown comprehension-required attributes, as a 420 must list them.</summary>
    /// <returns>How many were written; no more than fit.</returns>
    public int CopyUnknownRequired(Span<ushort> types)
    {
        var count = 0;
        for (var walk = new Walk(_message); count < types.Length && walk.MoveNext() && !walk.IsBroken;)
        {
            if (HasIntegrity && walk.Offset > ProtectedLength) break;
            if (Attributes.IsUnknownRequired(walk.Type)) types[count++] = walk.Type;
        }

        return count;
    }

    /// <summary>
    /// Is MESSAGE-INTEGRITY present and right for the key. Where MESSAGE-INTEGRITY-SHA256 is present too, it alone counts
    /// (RFC 8489 sections 9.1.3, 14.5 and 14.6). Compared in constant time.
    /// </summary>
    public bool CheckIntegrity(StunKey key)
    {
        if (!HasIntegrity) return false;
        var isSha256 = _integritySha256Offset > 0;
        var offset = isSha256 ? _integritySha256Offset : _integrityOffset;
        var mac = _message.Slice(offset + 4, BinaryPrimitives.ReadUInt16BigEndian(_message[(offset + 2)..]));

        // The HMAC covers the message up to the attribute, with the header's length as if the attribute were the last.
        Span<byte> covered = stackalloc byte[offset];
        _message[..offset].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(
            covered[2..], (ushort)(offset + 4 + mac.Length - StunProtocol.HeaderLength));
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (isSha256) key.Sha256(covered, expected);
        else key.Sha1(covered, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..mac.Length], mac);
    }

    /// <summary>False if FINGERPRINT is absent or wrong (RFC 8489 section 14.7).</summary>
    public bool CheckFingerprint() => _fingerprintOffset > 0
        && (Crc32.Compute(_message[.._fingerprintOffset]) ^ StunProtocol.FingerprintMask)
            == BinaryPrimitives.ReadUInt32BigEndian(_message[(_fingerprintOffset + 4)..]);
}
