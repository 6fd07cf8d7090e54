using System.Net;
using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Net;

/// <summary>
/// A dedicated thread that owns UDP sockets and the peers on them: receives a batch, handles it, does posted work and
/// timers, sends what came of it. Nothing else touches its peers, so there are no locks. Allocates nothing per packet.
/// </summary>
internal sealed partial class UdpShard
{
    /// <summary>The socket that all peers share that have none of their own.</summary>
    public const int SharedSocket = 0;

    private static readonly long TransactionLife = TimeSpan.FromSeconds(10).Ticks;
    private static readonly long StopPatience = TimeSpan.FromSeconds(1).Ticks;

    private readonly IShardSockets _sockets;
    private readonly RtcOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly PeerTable _peers = new();
    private readonly Dictionary<int, ISocketOwner> _owners = [];
    private readonly FailureLimit _failures = new();
    private readonly TimerQueue _timers = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startedAt;
    private volatile bool _isOver;
    private long _stopAt = long.MaxValue;

    private UdpShard(int index, RtcOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _startedAt = time.GetTimestamp();
        _sockets = EpollSockets.IsSupported && !options.PortableSockets ? new EpollSockets() : new PortableSockets();
        try
        {
            var port = options.Port == 0 ? 0 : options.Port + index;
            _sockets.Open(new IPEndPoint(options.BindAddress, port), options.SocketBufferSize);
        }
        catch
        {
            _sockets.Dispose();
            throw;
        }

        LocalEndPoint = _sockets.LocalEndPoint(SharedSocket);
        _thread = new Thread(Run) { IsBackground = true, Name = $"rtc-shard-{index}" };
        logger.ShardBound(index, LocalEndPoint, _sockets.GetType().Name);
        WarnOfSmallBuffer();
    }

    /// <summary>The bound address and port of the shared socket.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>What the shard counts; written on its thread.</summary>
    public ShardCounters Counters { get; } = new();

    /// <summary>The time of the batch, timer or work now being handled, in ticks; for the shard's thread.</summary>
    public long Now { get; private set; }

    /// <summary>Binds the engine's shards; their threads are not started yet.</summary>
    /// <exception cref="RtcBindException">A port is taken or the address is not of this host.</exception>
    public static UdpShard[] BindAll(RtcOptions options, TimeProvider time, ILogger logger)
    {
        var shards = new List<UdpShard>(options.Shards);
        try
        {
            for (var i = 0; i < options.Shards; i++)
                shards.Add(new UdpShard(i, options, time, logger));
        }
        catch
        {
            foreach (var shard in shards)
                shard._sockets.Dispose();
            throw;
        }

        return [.. shards];
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Closes all peers, then ends the thread and closes the sockets.</summary>
    public Task Stop()
    {
        Post(BeginStop);
        return _ended.Task;
    }

    /// <summary>Makes the peer known under an ufrag, or one more; on the shard's thread, as all below.</summary>
    public void Add(IShardPeer peer, string ufrag)
    {
        _peers.Add(peer, ufrag);
        Counters.Peers = _peers.Peers.Count;
    }

    /// <summary>Forgets an ufrag that an ICE restart has replaced.</summary>
    public void Forget(IShardPeer peer, string ufrag) => _peers.Forget(peer, ufrag);

    /// <summary>Forgets the peer, and closes its own socket.</summary>
    public void Remove(IShardPeer peer)
    {
        if (!_peers.Remove(peer))
            return;
        Counters.Peers = _peers.Peers.Count;
        _timers.Schedule(peer, long.MaxValue);
        if (peer.Socket != SharedSocket)
            _sockets.Close(peer.Socket);
        EndWhenEmpty();
    }

    /// <summary>Binds a remote address, authenticated by STUN, to the peer.</summary>
    public void Learn(IShardPeer peer, in TransportAddress address)
    {
        if (_peers.At(peer.Socket, address) is { } holder && holder != peer && holder.IsHeardAt(address, Now))
        {
            // Whoever can spoof an address has only a password of its own: it must not get another's audio by it.
            Counters.RateLimited++;
            _logger.AddressKept(holder.Name, peer.Name, address);
        }
        else if (_peers.Learn(address, peer) is { } before)
            _logger.AddressTakenOver(peer.Name, before.Name, address);
    }

    /// <summary>Opens a socket with a free port for one peer.</summary>
    public (int Socket, IPEndPoint LocalEndPoint) OpenSocket()
    {
        // One call's audio: a second of it is 10 KB.
        const int bufferSize = 256 << 10;
        var socket = _sockets.Open(new IPEndPoint(_options.BindAddress, 0), bufferSize);
        return (socket, _sockets.LocalEndPoint(socket));
    }

    /// <summary>Opens a socket whose datagrams all go to its owner.</summary>
    public int OpenSocket(ISocketOwner owner)
    {
        var (socket, _) = OpenSocket();
        _owners.Add(socket, owner);
        return socket;
    }

    /// <summary>Closes a socket that was opened for an owner.</summary>
    public void CloseSocket(int socket)
    {
        if (_owners.Remove(socket))
            _sockets.Close(socket);
    }

    /// <summary>Sends a datagram from an owner's socket with the batch; it is copied.</summary>
    public void Send(int socket, ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        datagram.CopyTo(_sockets.NextBuffer());
        _sockets.Enqueue(socket, datagram.Length, to);
    }

    /// <summary>Sets when the peer is called next.</summary>
    public void Schedule(IShardPeer peer, long at) => _timers.Schedule(peer, at);

    /// <summary>Sends a datagram with the batch; it is copied.</summary>
    public void Send(IShardPeer peer, ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        datagram.CopyTo(_sockets.NextBuffer());
        _sockets.Enqueue(peer.Socket, datagram.Length, to);
    }

    /// <summary>Sends a STUN message, and remembers whose it is when it is a request.</summary>
    public void SendStun(IShardPeer peer, ReadOnlySpan<byte> message, in TransportAddress to)
    {
        if ((message[0] & 1) == 0 && (message[1] & 0x10) == 0)
            _peers.Sent(message, peer, Now, Now + TransactionLife);
        Send(peer, message, to);
    }

    /// <summary>A buffer to build a datagram in; see <see cref="IShardSockets.NextBuffer"/>.</summary>
    public Span<byte> NextBuffer() => _sockets.NextBuffer();

    /// <summary>Sends what was built in the buffer last given.</summary>
    public void SendBuffer(IShardPeer peer, int length, in TransportAddress to) =>
        _sockets.Enqueue(peer.Socket, length, to);

    private void Run()
    {
        try
        {
            Now = Elapsed(_time.GetTimestamp());
            while (Now < _stopAt)
                Turn();
        }
        finally
        {
            _isOver = true;
            AbandonPosted();
            _sockets.Dispose();
            _ended.TrySetResult();
        }
    }

    private void Turn()
    {
        var ready = _sockets.Wait(WaitTime());
        Now = Elapsed(_time.GetTimestamp());
        // Before the datagrams: what they answer to may have been posted before it was sent.
        DoPosted();
        for (var i = 0; i < ready; i++)
            Receive(_sockets.Ready(i));
        DoTimers();
        _sockets.Flush();
        Counters.DatagramsSent = _sockets.Sent;
        Counters.SendFailures = _sockets.SendFailures;
        Counters.BytesAllocated = GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>Milliseconds until the first timer, rounded up so that it is due then; -1 for ever.</summary>
    private int WaitTime()
    {
        var next = Math.Min(_timers.Next, _stopAt);
        if (next == long.MaxValue)
            return -1;
        var left = next - Elapsed(_time.GetTimestamp());
        return left <= 0 ? 0 : (int)Math.Min((left / TimeSpan.TicksPerMillisecond) + 1, int.MaxValue / 1000);
    }

    private void DoTimers()
    {
        while (_timers.TryTake(Now, out var peer))
        {
            try
            {
                peer.OnTimer(Now);
            }
            catch (Exception e)
            {
                FailPeer(peer, e, "a timer");
            }
        }
    }

    /// <summary>One peer's fault must not end the calls of the others.</summary>
    private void FailPeer(IShardPeer peer, Exception error, string what)
    {
        _logger.PeerHandlingFailed(error, peer.Name, what);
        peer.Fail(new PeerReason(
            PeerCause.Fault, $"An unexpected error while handling {what}: {error.GetType().Name}."));
    }

    private void BeginStop()
    {
        _stopAt = Now + StopPatience;
        foreach (var peer in _peers.Peers.ToArray())
            peer.ShutDown();
        EndWhenEmpty();
    }

    /// <summary>Goodbyes come from handshake threads, later: the last peer to go ends the loop.</summary>
    private void EndWhenEmpty()
    {
        if (_stopAt != long.MaxValue && _peers.Peers.Count == 0)
            _stopAt = Now;
    }

    private long Elapsed(long timestamp) => _time.GetElapsedTime(_startedAt, timestamp).Ticks;

    private void WarnOfSmallBuffer()
    {
        // Linux reports twice the size that it grants, as room for its own bookkeeping (socket(7)).
        var size = _sockets.ReceiveBufferSize(SharedSocket);
        var granted = OperatingSystem.IsLinux() ? size / 2 : size;
        if (granted < _options.SocketBufferSize)
            _logger.ReceiveBufferSmall(LocalEndPoint, granted, _options.SocketBufferSize);
    }
}
