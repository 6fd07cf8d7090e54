using System.Diagnostics.CodeAnalysis;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Turn;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// A relayed address of one peer: its TURN client with a link to the server, which is a UDP socket of its own (the
/// server tells allocations apart by the addresses of the link, RFC 8656 section 5), TCP or TLS.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Close ends the stream.")]
internal sealed class RelayPort : ITurnSink, ISocketOwner, ITurnStreamOwner
{
    private readonly PeerConnection _connection;
    private readonly IceServer _server;
    private readonly IceServerAddress _address;
    private readonly List<TransportAddress> _known = [];
    private TransportAddress _remote;
    private int? _socket;
    private TurnStream? _stream;

    public RelayPort(PeerConnection connection, IceServer server, IceServerAddress address, bool isIPv6, Entropy entropy)
    {
        (_connection, _server, _address) = (connection, server, address);
        Client = new TurnClient(
            new TurnCredentials(server.Username!, server.Credential!), address.Kind != IceServerKind.TurnUdp, isIPv6,
            entropy, this);
    }

    public TurnClient Client { get; }

    /// <summary>The server's URL, for the log.</summary>
    public string Url => _server.Url;

    public IShardPeer Peer => _connection;

    private UdpShard Shard => _connection.Shard;

    /// <summary>Connects to the server and asks it for an address.</summary>
    public void Open(TransportAddress server)
    {
        _remote = server;
        if (_address.Kind == IceServerKind.TurnUdp)
        {
            _socket ??= Shard.OpenSocket(this);
            Client.Start(Shard.Now);
            return;
        }

        _stream?.Dispose();
        _stream = new TurnStream(Shard, this);
        _stream.Connect(
            server.ToIPEndPoint(), _address.Kind == IceServerKind.TurnTls ? _address.Host : null, _server.Authority);
    }

    /// <summary>Gives the address back, and ends the link.</summary>
    public void Close()
    {
        Client.Close();
        if (_socket is { } socket)
            Shard.CloseSocket(socket);
        _socket = null;
        _stream?.Dispose();
    }

    /// <summary>Whether the remote address has shown by STUN that it is the peer's.</summary>
    public bool Knows(in TransportAddress remote) => _known.Contains(remote);

    /// <summary>The remote address has shown by STUN that it is the peer's.</summary>
    public void Learn(in TransportAddress remote)
    {
        if (!_known.Contains(remote))
            _known.Add(remote);
    }

    public void OnDatagram(Span<byte> datagram, in TransportAddress from, long now)
    {
        if (from != _remote)
            return;
        Client.Handle(datagram, now);
        _connection.Reschedule();
    }

    void ITurnStreamOwner.OnConnected(TurnStream stream)
    {
        if (stream != _stream)
            return;
        Client.Start(Shard.Now);
        _connection.Reschedule();
    }

    void ITurnStreamOwner.OnMessage(TurnStream stream, Span<byte> message)
    {
        if (stream != _stream)
            return;
        Client.Handle(message, Shard.Now);
        _connection.Reschedule();
    }

    void ITurnStreamOwner.OnDisconnected(TurnStream stream, string reason)
    {
        if (stream != _stream)
            return;
        Client.OnDisconnected(reason);
        _connection.Reschedule();
    }

    void ITurnSink.SendToServer(ReadOnlySpan<byte> message)
    {
        if (_socket is { } socket)
            Shard.Send(socket, message, _remote);
        else
            _stream?.Send(message);
    }

    void ITurnSink.OnAllocated() => _connection.OnRelayAllocated(this);

    void ITurnSink.OnRelayedData(Span<byte> data, in TransportAddress from) => _connection.OnRelayed(this, data, from);

    void ITurnSink.OnRedirected(in TransportAddress server) => Open(server);

    void ITurnSink.OnTurnFailed(string reason) => _connection.OnRelayFailed(this, reason);
}
