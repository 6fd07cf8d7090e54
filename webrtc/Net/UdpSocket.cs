using System.Net;
using System.Net.Sockets;

namespace GoTo.WebRtc.Net;

/// <summary>Opens UDP sockets.</summary>
internal static class UdpSocket
{
    /// <summary>Binds a socket and asks for buffers of this size; the system may grant less.</summary>
    /// <exception cref="RtcBindException">The port is taken or the address is not of this host.</exception>
    public static Socket Bind(IPEndPoint endPoint, int bufferSize)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Two processes that share a port by accident would each lose half of the calls.
            socket.ExclusiveAddressUse = true;
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.ReceiveBufferSize = bufferSize;
            socket.SendBufferSize = bufferSize;
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new RtcBindException(endPoint, e.SocketErrorCode, e);
        }
    }
}
