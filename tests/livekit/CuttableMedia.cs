using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace GoTo.LiveKit.Tests;

/// <summary>
/// A UDP relay between an engine of clients and a server's media, which can be cut as a broken network is: packets vanish.
/// The server advertises <see cref="Server"/> and the clients <see cref="Client"/>: no pair leads past the relay.
/// </summary>
internal sealed class CuttableMedia : IDisposable
{
    private const int LargestDatagram = 2048;

    private readonly Socket _near;
    private readonly IPEndPoint _server;

    // The server tells clients apart by where their packets come from.
    private readonly ConcurrentDictionary<IPEndPoint, Socket> _far = [];

    /// <param name="port">The server's media port on loopback.</param>
    public CuttableMedia(int port)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _near = NewSocket(new IPEndPoint(Server, port));
        _ = Carry(_near, (client, datagram) => FarOf(client).SendToAsync(datagram, _server));
    }

    /// <summary>Where the server's media is for the clients.</summary>
    public static IPAddress Server { get; } = IPAddress.Parse("127.0.0.2");

    /// <summary>Where the clients say that they are: nobody is there.</summary>
    public static IPAddress Client { get; } = IPAddress.Parse("127.0.0.3");

    /// <summary>Whether nothing passes.</summary>
    public bool IsCut { get; set; }

    /// <summary>The sockets that it has.</summary>
    public int Sockets => 1 + _far.Count;

    public void Dispose()
    {
        _near.Dispose();
        foreach (var far in _far.Values) far.Dispose();
    }

    private static Socket NewSocket(IPEndPoint at)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(at);
        return socket;
    }

    private Socket FarOf(IPEndPoint client)
    {
        if (_far.TryGetValue(client, out var known)) return known;
        var far = _far[client] = NewSocket(new IPEndPoint(IPAddress.Loopback, 0));
        _ = Carry(far, (_, datagram) => _near.SendToAsync(datagram, client));
        return far;
    }

    private async Task Carry(Socket from, Func<IPEndPoint, ReadOnlyMemory<byte>, ValueTask<int>> send)
    {
        var datagram = new byte[LargestDatagram];
        while (true)
        {
            try
            {
                var received = await from.ReceiveFromAsync(datagram, new IPEndPoint(IPAddress.Any, 0));
                if (!IsCut) await send((IPEndPoint)received.RemoteEndPoint, datagram.AsMemory(0, received.ReceivedBytes));
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return; // disposed of
            }
            catch (SocketException)
            {
                // Nobody is there now.
            }
        }
    }
}
