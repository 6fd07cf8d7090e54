using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GoTo.Bench;

/// <summary>Sends UDP over IPv4 in anybody's name, by a raw socket (Linux: root, or CAP_NET_RAW).</summary>
internal sealed class SpoofingSocket : IDisposable
{
    private const int IpHeader = 20;
    private const int UdpHeader = 8;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
    private readonly byte[] _packet = new byte[2048];
    private readonly SocketAddress _to = new(AddressFamily.InterNetwork);

    /// <summary>Sends one datagram.</summary>
    public void Send(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload)
    {
        var length = IpHeader + UdpHeader + payload.Length;
        var packet = _packet.AsSpan(0, length);
        packet[..(IpHeader + UdpHeader)].Clear();
        (packet[0], packet[8], packet[9]) = (0x45, 64, 17); // version 4, header of 5 words; hops; UDP
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)length);
        from.Address.TryWriteBytes(packet[12..], out _);
        to.Address.TryWriteBytes(packet[16..], out _);
        var udp = packet[IpHeader..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(UdpHeader + payload.Length)); // checksum 0: none
        payload.CopyTo(udp[UdpHeader..]);
        to.Address.TryWriteBytes(_to.Buffer.Span[4..], out _);
        _socket.SendTo(packet, SocketFlags.None, _to);
    }

    public void Dispose() => _socket.Dispose();
}
