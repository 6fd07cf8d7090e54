using System.Net;
using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Mixing;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Peer;
using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc;

/// <summary>
/// The audio WebRTC engine of a process: owns the shards (a dedicated thread with a UDP socket each), the DTLS
/// certificate, and the threads that do handshakes. All peers of a shard share its port.
/// </summary>
public sealed class RtcEngine : IAsyncDisposable
{
    private readonly UdpShard[] _shards;
    private readonly DtlsIdentity _identity;
    private readonly HandshakePool _handshakes;
    private readonly PeerFactory _peers;
    private readonly Task _ready;
    private int _disposed;

    /// <summary>Binds the sockets, starts the shards, and begins to warm up (see <see cref="Ready"/>).</summary>
    /// <param name="options">What to bind to; read now, later changes have no effect.</param>
    /// <param name="time">The clock of all protocol timers.</param>
    /// <param name="logs">Where the engine logs.</param>
    /// <exception cref="RtcBindException">A port is taken or the address is not of this host.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message says which and why.</exception>
    public RtcEngine(RtcOptions options, TimeProvider time, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logs);
        options.Validate();
        _shards = UdpShard.BindAll(options, time, logs.CreateLogger<UdpShard>());
        LocalEndPoints = Array.ConvertAll(_shards, s => s.LocalEndPoint);
        _identity = DtlsIdentity.Create(time);
        _handshakes = new HandshakePool();
        var dtls = new DtlsEngineFactory(_identity, _handshakes, time);
        _peers = new PeerFactory(options, dtls, time, logs.CreateLogger<PeerConnection>());
        if (!OpusEncoder.IsAvailable)
            logs.CreateLogger<RtcEngine>().OpusOnly();
        foreach (var shard in _shards)
            shard.Start();
        _ready = WarmUp.Calls(options.WarmUpCalls);
    }

    /// <summary>The bound addresses and ports, one a shard. Not the advertised address.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndPoints { get; }

    /// <summary>
    /// Completes when the runtime has compiled the code of a call, by calls of this process to itself
    /// (<see cref="RtcOptions.WarmUpCalls"/>): with one, normally a few hundred milliseconds after the first engine was
    /// made. Peers made earlier work, but connect more slowly.
    /// </summary>
    public ValueTask Ready => new(_ready);

    /// <summary>Makes a peer; it does nothing until a description is made or taken.</summary>
    /// <param name="options">Its name, shard and security choices.</param>
    /// <param name="events">What it reports to, on the shard's thread.</param>
    /// <returns>The peer; close it with <see cref="RtcPeer.Close"/>.</returns>
    /// <exception cref="ArgumentException">An ICE server is not usable; the message says which and why.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed of.</exception>
    public RtcPeer CreatePeer(PeerOptions options, IRtcPeerEvents events)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(events);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        foreach (var server in options.IceServers ?? [])
            _ = server.Parse();
        if (options.IceLite && (options.IceTransportPolicy == IceTransportPolicy.Relay || options.IceServers?.Count > 0))
            throw new ArgumentException(
                "A PeerOptions.IceLite peer has host candidates only: leave IceServers and IceTransportPolicy alone.",
                nameof(options));
        return new RtcPeer(_peers.Create(ShardOf(options.ShardKey), options, events));
    }

    /// <summary>Counts since the engine was made.</summary>
    /// <returns>The sums over the shards, each read without stopping it.</returns>
    public EngineStats GetStats() => ShardCounters.Sum(_shards.Select(s => s.Counters)) with
    {
        MixedLegs = _peers.Codecs.Legs,
        MixesRefused = _peers.Codecs.Refused,
    };

    /// <summary>
    /// Closes all peers (BYE, close_notify), stops the shards' threads and closes the sockets.
    /// </summary>
    /// <returns>Completes when the threads have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _ready.ConfigureAwait(false);
        foreach (var shard in _shards)
            await shard.Stop().ConfigureAwait(false);
        _peers.Codecs.Dispose();
        _handshakes.Dispose();
        _identity.Dispose();
    }

    internal UdpShard ShardOf(int key) => _shards[(uint)key % (uint)_shards.Length];
}
