using System.Net;
using System.Net.Sockets;

namespace GoTo.WebRtc.Net;

/// <summary>
/// The sockets of a shard on any system: select waits, each datagram is a call. Woken by an empty datagram to a socket
/// of its own.
/// </summary>
internal sealed class PortableSockets : IShardSockets
{
    private const int ReceiveSlots = 32;

    private readonly byte[] _data = new byte[ReceiveSlots * Demux.MaxDatagram];
    private readonly int[] _lengths = new int[ReceiveSlots];
    private readonly SocketAddress[] _senders = new SocketAddress[ReceiveSlots];
    private readonly byte[] _outgoing = new byte[Demux.MaxDatagram];
    private readonly SocketAddress _to = new(AddressFamily.InterNetworkV6);
    private readonly List<Socket?> _sockets = [];
    private readonly List<Socket> _selected = [];
    private readonly Socket _wake;
    private readonly Socket _waker;
    private readonly byte[] _wakeBuffer = new byte[1];

    public PortableSockets()
    {
        for (var i = 0; i < ReceiveSlots; i++)
            _senders[i] = new SocketAddress(AddressFamily.InterNetworkV6);
        _wake = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), 64 << 10);
        _waker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _waker.Connect(_wake.LocalEndPoint!);
    }

    public long Sent { get; private set; }

    public long SendFailures { get; private set; }

    public int Open(IPEndPoint endPoint, int bufferSize)
    {
        var socket = UdpSocket.Bind(endPoint, bufferSize);
        // Windows reports ICMP port-unreachable on the next receive unless told not to (SIO_UDP_CONNRESET).
        if (OperatingSystem.IsWindows())
            socket.IOControl(unchecked((int)0x9800000C), [0, 0, 0, 0], null);
        var number = _sockets.IndexOf(null);
        if (number < 0)
        {
            number = _sockets.Count;
            _sockets.Add(null);
        }

        _sockets[number] = socket;
        return number;
    }

    public void Close(int socket)
    {
        _sockets[socket]!.Dispose();
        _sockets[socket] = null;
    }

    public IPEndPoint LocalEndPoint(int socket) => (IPEndPoint)_sockets[socket]!.LocalEndPoint!;

    public int ReceiveBufferSize(int socket) => _sockets[socket]!.ReceiveBufferSize;

    public int Wait(int timeoutMs)
    {
        _selected.Clear();
        _selected.Add(_wake);
        foreach (var socket in _sockets)
        {
            if (socket is not null)
                _selected.Add(socket);
        }

        Socket.Select(_selected, null, null, timeoutMs < 0 ? -1 : timeoutMs * 1000);
        if (_selected.Remove(_wake))
            ClearWake();
        return _selected.Count;
    }

    public int Ready(int index) => _sockets.IndexOf(_selected[index]);

    public int Receive(int socket)
    {
        if (socket < 0 || _sockets[socket] is not { } from)
            return 0;
        var count = 0;
        // Not Available: it is 0 for an empty datagram, which would then stay at the head of the queue for ever.
        while (count < ReceiveSlots && from.Poll(0, SelectMode.SelectRead))
        {
            try
            {
                _lengths[count] = from.ReceiveFrom(
                    _data.AsSpan(count * Demux.MaxDatagram, Demux.MaxDatagram), SocketFlags.None, _senders[count]);
                count++;
            }
            catch (SocketException)
            {
                // What ICMP reported, or a datagram that is too long: concerns no peer, consent decides who is gone.
            }
        }

        return count;
    }

    public Span<byte> Datagram(int index) => _data.AsSpan(index * Demux.MaxDatagram, _lengths[index]);

    public TransportAddress Sender(int index)
    {
        var sockaddr = _senders[index];
        TransportAddress.TryFromSockaddr(sockaddr.Buffer.Span[..sockaddr.Size], out var sender);
        return sender;
    }

    public Span<byte> NextBuffer() => _outgoing;

    public void Enqueue(int socket, int length, in TransportAddress to)
    {
        var through = _sockets[socket]!;
        _to.Size = to.WriteSockaddr(
            _to.Buffer.Span, through is { AddressFamily: AddressFamily.InterNetworkV6, DualMode: true });
        try
        {
            through.SendTo(_outgoing.AsSpan(0, length), SocketFlags.None, _to);
            Sent++;
        }
        catch (SocketException)
        {
            SendFailures++;
        }
    }

    public void Flush()
    {
    }

    public void Wake()
    {
        try
        {
            _waker.Send(ReadOnlySpan<byte>.Empty);
        }
        catch (ObjectDisposedException)
        {
            // The shard has ended; there is nobody to wake.
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket?.Dispose();
        _sockets.Clear();
        _wake.Dispose();
        _waker.Dispose();
    }

    private void ClearWake()
    {
        while (_wake.Poll(0, SelectMode.SelectRead))
            _wake.Receive(_wakeBuffer);
    }
}
