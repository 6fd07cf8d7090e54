using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GoTo.WebRtc;

/// <summary>
/// An IPv4 or IPv6 address with a UDP port: the key by which datagrams find their peer. A value of its own because
/// <see cref="IPEndPoint"/> allocates. An IPv4-mapped IPv6 address is the IPv4 address. The default value is none.
/// </summary>
internal readonly struct TransportAddress : IEquatable<TransportAddress>
{
    /// <summary>The size of the largest sockaddr that <see cref="WriteSockaddr"/> writes (sockaddr_in6).</summary>
    public const int MaxSockaddrLength = 28;

    private const int SockaddrIn4Length = 16;
    private const ulong MappedPrefix = 0x0000FFFF_00000000;

    // BSD-like systems have a length byte before a one-byte family; the others a two-byte family in host order.
    private static readonly bool FamilyIsSecondByte = OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD();
    private static readonly ushort NativeIn4 = NativeFamily(AddressFamily.InterNetwork);
    private static readonly ushort NativeIn6 = NativeFamily(AddressFamily.InterNetworkV6);

    // The 16 bytes of the IPv6 form, IPv4 as ::ffff:a.b.c.d.
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly byte _version;

    private TransportAddress(ulong high, ulong low, uint scope, ushort port)
    {
        (_high, _low, _port) = (high, low, port);
        _version = high == 0 && (low & 0xFFFFFFFF_00000000) == MappedPrefix ? (byte)4 : (byte)6;
        _scope = _version == 6 ? scope : 0;
    }

    /// <summary>False for the default value, which stands for no address.</summary>
    public bool IsSpecified => _version != 0;

    /// <summary>True for IPv4, also when it came as an IPv4-mapped IPv6 address.</summary>
    public bool IsIPv4 => _version == 4;

    /// <summary>The UDP port, 0 to 65535.</summary>
    public int Port => _port;

    /// <summary>Can a datagram be sent there: a port, and neither the wildcard, multicast nor broadcast.</summary>
    public bool IsUnicast => _port != 0 && _version switch
    {
        4 => (uint)_low is not (0 or 0xFFFFFFFF) && ((uint)_low >> 28) != 0xE,
        6 => (_high | _low) != 0 && (_high >> 56) != 0xFF,
        _ => false,
    };

    /// <summary>An address from its 4 or 16 network-order bytes.</summary>
    /// <exception cref="ArgumentException">The address has another length.</exception>
    public static TransportAddress FromBytes(ReadOnlySpan<byte> address, int port, uint scope = 0)
    {
        var checkedPort = checked((ushort)port);
        return address.Length switch
        {
            4 => new(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address), 0, checkedPort),
            16 => new(BinaryPrimitives.ReadUInt64BigEndian(address),
                BinaryPrimitives.ReadUInt64BigEndian(address[8..]), scope, checkedPort),
            _ => throw new ArgumentException("An IP address has 4 or 16 bytes.", nameof(address)),
        };
    }

    /// <summary>From .NET's address and port.</summary>
    public static TransportAddress From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return FromBytes(bytes[..length], port,
            address.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)address.ScopeId : 0);
    }

    /// <summary>From .NET's end point.</summary>
    public static TransportAddress From(IPEndPoint endPoint) => From(endPoint.Address, endPoint.Port);

    /// <summary>From a sockaddr_in or sockaddr_in6, as in the buffer of a <see cref="SocketAddress"/>.</summary>
    /// <returns>False if it is of another family or too short.</returns>
    public static bool TryFromSockaddr(ReadOnlySpan<byte> sockaddr, out TransportAddress address)
    {
        address = default;
        if (sockaddr.Length < 8) return false;
        var family = ReadFamily(sockaddr);
        var port = BinaryPrimitives.ReadUInt16BigEndian(sockaddr[2..]);
        if (family == NativeIn4)
        {
            address = FromBytes(sockaddr.Slice(4, 4), port);
            return true;
        }

        if (family != NativeIn6 || sockaddr.Length < MaxSockaddrLength) return false;
        address = FromBytes(sockaddr.Slice(8, 16), port, BitConverter.ToUInt32(sockaddr[24..]));
        return true;
    }

    /// <summary>Writes a sockaddr_in, or a sockaddr_in6 for IPv6 and for a dual-mode socket (IPv4-mapped).</summary>
    /// <returns>The bytes written: 16 or 28.</returns>
    public int WriteSockaddr(Span<byte> destination, bool dualMode = false)
    {
        var length = IsIPv4 && !dualMode ? SockaddrIn4Length : MaxSockaddrLength;
        var sockaddr = destination[..length];
        sockaddr.Clear();
        var family = length == SockaddrIn4Length ? NativeIn4 : NativeIn6;
        if (FamilyIsSecondByte) (sockaddr[0], sockaddr[1]) = ((byte)length, (byte)family);
        else BitConverter.TryWriteBytes(sockaddr, family);
        BinaryPrimitives.WriteUInt16BigEndian(sockaddr[2..], _port);
        if (length == SockaddrIn4Length)
        {
            BinaryPrimitives.WriteUInt32BigEndian(sockaddr[4..], (uint)_low);
            return length;
        }

        BinaryPrimitives.WriteUInt64BigEndian(sockaddr[8..], _high);
        BinaryPrimitives.WriteUInt64BigEndian(sockaddr[16..], _low);
        BitConverter.TryWriteBytes(sockaddr[24..], _scope);
        return length;
    }

    /// <summary>Writes the 4 or 16 network-order bytes of the address alone.</summary>
    /// <returns>The bytes written.</returns>
    public int WriteAddress(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>The same address with another port.</summary>
    public TransportAddress WithPort(int port) => new(_high, _low, _scope, checked((ushort)port));

    /// <summary>.NET's address; allocates.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteAddress(bytes);
        return length == 4 ? new IPAddress(bytes[..4]) : new IPAddress(bytes, _scope);
    }

    /// <summary>.NET's end point; allocates.</summary>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), _port);

    /// <inheritdoc/>
    public bool Equals(TransportAddress other) => _low == other._low && _high == other._high && _port == other._port
        && _scope == other._scope && _version == other._version;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TransportAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _port, _scope);

    /// <summary>"192.0.2.1:5000", "[2001:db8::1]:5000", or "none".</summary>
    public override string ToString() => IsSpecified ? ToIPEndPoint().ToString() : "none";

    /// <summary>Same address, port and scope.</summary>
    public static bool operator ==(TransportAddress left, TransportAddress right) => left.Equals(right);

    /// <summary>Another address, port or scope.</summary>
    public static bool operator !=(TransportAddress left, TransportAddress right) => !left.Equals(right);

    private static ushort ReadFamily(ReadOnlySpan<byte> sockaddr) =>
        FamilyIsSecondByte ? sockaddr[1] : BitConverter.ToUInt16(sockaddr);

    private static ushort NativeFamily(AddressFamily family) => ReadFamily(new SocketAddress(family).Buffer.Span);
}
