using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GoTo.WebRtc.Stun;

/// <content>The one pass over the attributes that checks and gathers them.</content>
internal readonly ref partial struct StunMessage
{
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
        public int IntegritySha256Offset;
        public int FingerprintOffset;

        public static bool IsUnknownRequired(ushort type) => type < StunAttribute.ComprehensionOptional && type is not (
            StunAttribute.MappedAddress or StunAttribute.Username or StunAttribute.MessageIntegrity
            or StunAttribute.MessageIntegritySha256 or StunAttribute.ErrorCode or StunAttribute.UnknownAttributes or StunAttribute.Realm or StunAttribute.Nonce
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

            // It may stand behind MESSAGE-INTEGRITY, and may be cut (RFC 8489 section 14.6).
            if (attribute.Type == StunAttribute.MessageIntegritySha256 && IntegritySha256Offset == 0)
            {
                IntegritySha256Offset = attribute.Offset;
                return value.Length is >= 16 and <= HMACSHA256.HashSizeInBytes && (value.Length & 3) == 0;
            }

            // Nothing protects what stands behind MESSAGE-INTEGRITY: RFC 8489 section 14.5 says to ignore it.
            if (IntegrityOffset > 0 || IntegritySha256Offset > 0) return true;
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
