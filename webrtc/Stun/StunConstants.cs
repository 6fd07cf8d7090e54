namespace GoTo.WebRtc.Stun;

/// <summary>The class bits of a STUN message type (RFC 8489 section 5).</summary>
internal enum StunClass
{
    Request = 0,
    Indication = 1,
    Success = 2,
    Error = 3,
}

/// <summary>
/// The attribute types that the engine reads or writes (RFC 8489 section 14, RFC 8445 section 16.1, RFC 8656 section 18).
/// </summary>
internal static class StunAttribute
{
    public const ushort MappedAddress = 0x0001;
    public const ushort Username = 0x0006;
    public const ushort MessageIntegrity = 0x0008;
    public const ushort ErrorCode = 0x0009;
    public const ushort UnknownAttributes = 0x000A;
    public const ushort ChannelNumber = 0x000C;
    public const ushort Lifetime = 0x000D;
    public const ushort XorPeerAddress = 0x0012;
    public const ushort Data = 0x0013;
    public const ushort Realm = 0x0014;
    public const ushort Nonce = 0x0015;
    public const ushort XorRelayedAddress = 0x0016;
    public const ushort RequestedAddressFamily = 0x0017;
    public const ushort RequestedTransport = 0x0019;
    public const ushort MessageIntegritySha256 = 0x001C;
    public const ushort XorMappedAddress = 0x0020;
    public const ushort Priority = 0x0024;
    public const ushort UseCandidate = 0x0025;
    public const ushort AlternateServer = 0x8023;
    public const ushort Fingerprint = 0x8028;
    public const ushort IceControlled = 0x8029;
    public const ushort IceControlling = 0x802A;

    /// <summary>An attribute at or above this may be ignored by who does not know it.</summary>
    public const ushort ComprehensionOptional = 0x8000;
}

/// <summary>
/// The error codes that ICE sends and TURN gets (RFC 8489 section 14.8, RFC 8445 section 16.1, RFC 8656 section 19).
/// </summary>
internal static class StunError
{
    public const int TryAlternate = 300;
    public const int Unauthenticated = 401;
    public const int Forbidden = 403;
    public const int UnknownAttribute = 420;
    public const int AllocationMismatch = 437;
    public const int StaleNonce = 438;
    public const int RoleConflict = 487;
}

/// <summary>Fixed numbers of the protocol.</summary>
internal static class StunProtocol
{
    public const uint MagicCookie = 0x2112A442;
    public const int HeaderLength = 20;
    public const int TransactionIdOffset = 8;
    public const int TransactionIdLength = 12;
    public const int BindingMethod = 0x001;
    public const int AllocateMethod = 0x003;
    public const int RefreshMethod = 0x004;
    public const int SendMethod = 0x006;
    public const int DataMethod = 0x007;
    public const int CreatePermissionMethod = 0x008;
    public const int ChannelBindMethod = 0x009;
    public const uint FingerprintMask = 0x5354554E;

    /// <summary>The length of a MESSAGE-INTEGRITY attribute with its header: HMAC-SHA1 has 20 bytes.</summary>
    public const int MessageIntegrityLength = 4 + 20;

    /// <summary>The length of a FINGERPRINT attribute with its header.</summary>
    public const int FingerprintLength = 4 + 4;

    /// <summary>The longest message that is looked at, in bytes: what an Ethernet frame holds.</summary>
    public const int MaxMessageLength = 1500;

    /// <summary>The two bytes of a message type: the method's bits with the class's two between them.</summary>
    public static ushort MessageType(StunClass messageClass, int method) => (ushort)((method & 0x000F)
        | ((method & 0x0070) << 1) | ((method & 0x0F80) << 2) | (((int)messageClass & 1) << 4)
        | (((int)messageClass & 2) << 7));
}
