using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GoTo.WebRtc.Stun;

/// <summary>
/// A view of a received STUN message (RFC 8489) with the attributes of ICE (RFC 8445). It lies on the datagram, copies
/// and allocates nothing, and no bytes make it throw.
/// </summary>
internal readonly ref struct StunMessage
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _xorMapped;
    private readonly int _integrityOffset;
    private readonly int _fingerprintOffset;

    private StunMessage(ReadOnlySpan<byte> message, scoped in Attributes attributes)
    {
        _message = message;
        _xorMapped = attributes.XorMapped;
        _integrityOffset = attributes.IntegrityOffset;
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

    /// <summary>Is MESSAGE-INTEGRITY present. It says nothing of its being right.</summary>
    public bool HasIntegrity => _integrityOffset > 0;

    /// <summary>Is FINGERPRINT present. It says nothing of its being right.</summary>
    public bool HasFingerprint => _fingerprintOffset > 0;

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
            if (_integrityOffset > 0 && walk.Offset >= _integrityOffset) break;
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
            if (_integrityOffset > 0 && walk.Offset > _integrityOffset) break;
            if (Attributes.IsUnknownRequired(walk.Type)) types[count++] = walk.Type;
        }

        return count;
    }

    /// <summary>
    /// Is MESSAGE-INTEGRITY present and right for the key: for ICE the UTF-8 bytes of the password (RFC 8489 section
    /// 14.5). Compared in constant time.
    /// </summary>
    public bool CheckIntegrity(ReadOnlySpan<byte> key)
    {
        if (_integrityOffset == 0) return false;

        // The HMAC covers the message up to the attribute, with the header's length as if the attribute were the last.
        Span<byte> covered = stackalloc byte[_integrityOffset];
        _message[.._integrityOffset].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..],
            (ushort)(_integrityOffset + StunProtocol.MessageIntegrityLength - StunProtocol.HeaderLength));
        Span<byte> expected = stackalloc byte[HMACSHA1.HashSizeInBytes];
        StunHmac.Compute(key, covered, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _message.Slice(_integrityOffset + 4, expected.Length));
    }

    /// <summary>False if FINGERPRINT is absent or wrong (RFC 8489 section 14.7).</summary>
    public bool CheckFingerprint() => _fingerprintOffset > 0
        && (Crc32.Compute(_message[.._fingerprintOffset]) ^ StunProtocol.FingerprintMask)
            == BinaryPrimitives.ReadUInt32BigEndian(_message[(_fingerprintOffset + 4)..]);

    /// <summary>Steps over the attributes of a message whose header has been checked.</summary>
    private ref struct Walk(ReadOnlySpan<byte> message)
    {
        private readonly ReadOnlySpan<byte> _message = message;
        private int _next = StunProtocol.HeaderLength;

        public int Offset { get; private set; }

        public ushort Type { get; private set; }

        public ReadOnlySpan<byte> Value { get; private set; }

        public bool IsLast => _next >= _message.Length;

        public bool IsBroken { get; private set; }

        public bool MoveNext()
        {
            if (IsLast || IsBroken) return false;

            // The message's length is a multiple of 4, and so is every offset: 4 bytes are there.
            Offset = _next;
            Type = BinaryPrimitives.ReadUInt16BigEndian(_message[Offset..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(_message[(Offset + 2)..]);
            _next = Offset + 4 + ((length + 3) & ~3);
            IsBroken = _next > _message.Length;
            Value = IsBroken ? default : _message.Slice(Offset + 4, length);
            return true;
        }
    }

    /// <summary>What one pass over the attributes gathers.</summary>
    private ref struct Attributes
    {
        public ReadOnlySpan<byte> Username;
        public ReadOnlySpan<byte> XorMapped;
        public uint? Priority;
        public bool UseCandidate;
        public ulong? IceControlling;
        public ulong? IceControlled;
        public int ErrorCode;
        public int UnknownRequiredCount;
        public int IntegrityOffset;
        public int FingerprintOffset;

        public static bool IsUnknownRequired(ushort type) => type < StunAttribute.ComprehensionOptional && type is not (
            StunAttribute.MappedAddress or StunAttribute.Username or StunAttribute.MessageIntegrity
            or StunAttribute.ErrorCode or StunAttribute.UnknownAttributes or StunAttribute.Realm or StunAttribute.Nonce
            or StunAttribute.XorMappedAddress or StunAttribute.Priority or StunAttribute.UseCandidate
            or StunAttribute.ChannelNumber or StunAttribute.Lifetime or StunAttribute.XorPeerAddress
            or StunAttribute.Data or StunAttribute.XorRelayedAddress or StunAttribute.RequestedAddressFamily
            or StunAttribute.RequestedTransport);

        public bool Take(in Walk attribute)
        {
            var value = attribute.Value;
            if (attribute.Type == StunAttribute.Fingerprint)
            {
                // It must be the last one.
                FingerprintOffset = attribute.Offset;
                return value.Length == 4 && attribute.IsLast;
            }

            // Nothing protects what stands behind MESSAGE-INTEGRITY: RFC 8489 section 14.5 says to ignore it.
            if (IntegrityOffset > 0) return true;
            switch (attribute.Type)
            {
                case StunAttribute.MessageIntegrity:
                    IntegrityOffset = attribute.Offset;
                    return value.Length == HMACSHA1.HashSizeInBytes;
                case StunAttribute.Username:
                    Username = value;
                    return value.Length <= 513;
                case StunAttribute.Priority:
                    if (value.Length != 4) return false;
                    Priority = BinaryPrimitives.ReadUInt32BigEndian(value);
                    return true;
                case StunAttribute.UseCandidate:
                    UseCandidate = true;
                    return true;
                case StunAttribute.IceControlling:
                    if (value.Length != 8) return false;
                    IceControlling = BinaryPrimitives.ReadUInt64BigEndian(value);
                    return true;
                case StunAttribute.IceControlled:
                    if (value.Length != 8) return false;
                    IceControlled = BinaryPrimitives.ReadUInt64BigEndian(value);
                    return true;
                case StunAttribute.ErrorCode:
                    if (value.Length < 4) return false;
                    ErrorCode = (value[2] & 7) * 100 + value[3];
                    return (value[2] & 7) is >= 3 and <= 6 && value[3] < 100;
                case StunAttribute.XorMappedAddress:
                    XorMapped = value;
                    return true;
                default:
                    if (IsUnknownRequired(attribute.Type)) UnknownRequiredCount++;
                    return true;
            }
        }
    }
}
