using System.Net;
using System.Net.Sockets;

namespace GoTo.WebRtc;

/// <summary>What an <see cref="RtcEngine"/> binds to and how large it is. Fixed once the engine is made.</summary>
public sealed class RtcOptions
{
    /// <summary>
    /// The local address that every shard's UDP socket binds to. <c>::</c> binds to IPv6 and IPv4 at once. Default:
    /// 127.0.0.1.
    /// </summary>
    public IPAddress BindAddress { get; set; } = IPAddress.Loopback;

    /// <summary>
    /// The address written into our host candidates, when it is not the bound one: behind a 1:1 NAT, or when bound to
    /// any address (0.0.0.0), where it is required. Default: none (the bound address).
    /// </summary>
    public IPAddress? AdvertisedAddress { get; set; }

    /// <summary>
    /// The IPv6 address in our host candidates beside an IPv4 <see cref="AdvertisedAddress"/>; with a
    /// <see cref="BindAddress"/> of <c>::</c> only. Default: none.
    /// </summary>
    public IPAddress? AdvertisedIPv6Address { get; set; }

    /// <summary>The UDP port of shard 0; shard i takes <c>Port + i</c>. Default: 0, free ports.</summary>
    public int Port { get; set; }

    /// <summary>How many shards (a dedicated thread with a UDP socket each) there are: 1 to 64. Default: 1.</summary>
    public int Shards { get; set; } = 1;

    /// <summary>
    /// The receive and send buffer asked of the operating system for each socket, in bytes. The system may grant less
    /// (Linux: net.core.rmem_max, wmem_max); that is logged as a warning. Default: 8 MiB.
    /// </summary>
    public int SocketBufferSize { get; set; } = 8 << 20;

    /// <summary>
    /// Whether to use the portable socket path (one datagram a system call) even where the batched one
    /// (Linux recvmmsg/sendmmsg) exists. It costs about a fifth more CPU per packet. Default: false.
    /// </summary>
    public bool PortableSockets { get; set; }

    /// <summary>STUN and TURN servers of peers that name none of their own. Default: none.</summary>
    public IReadOnlyList<IceServer> IceServers { get; set; } = [];

    /// <summary>
    /// How long <see cref="IceServers"/> may take to answer when a peer gathers its candidates; later answers are not
    /// used. Default: 3 s.
    /// </summary>
    public TimeSpan GatheringTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How many calls the process makes to itself before <see cref="RtcEngine.Ready"/>: 1 to 1000. One spares the first
    /// real call the compiling of its code; some dozens let the runtime compile it for speed as well, so that no real
    /// call pays for that. Counted once a process, over all its engines. Default: 1.
    /// </summary>
    public int WarmUpCalls { get; set; } = 1;

    /// <summary>
    /// How many threads transcode and mix for legs that share no codec with what feeds them, or that several speakers
    /// feed: 1 to 64. They begin with the first such leg. Default: half of the processors, at least one.
    /// </summary>
    public int CodecThreads { get; set; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 64);

    /// <summary>
    /// How many legs one codec thread takes; more are refused (<see cref="IRtcPeerEvents.OnMixRefused"/>) rather than all
    /// delayed. 20 ms of a leg take a thread 0.2 to 0.6 ms. Default: 32.
    /// </summary>
    public int MixedLegsPerThread { get; set; } = 32;

    /// <summary>Which code does the SRTP cryptography. Default: the fastest that passes its self-test.</summary>
    public SrtpImplementation Srtp { get; set; } = SrtpImplementation.Automatic;

    /// <summary>Whether the sockets carry IPv6 and IPv4.</summary>
    internal bool IsDualStack => BindAddress.Equals(IPAddress.IPv6Any);

    /// <summary>The addresses of our host candidates, the preferred first: IPv6 (RFC 8445 section 5.1.2.2).</summary>
    internal IEnumerable<IPAddress> CandidateAddresses
    {
        get
        {
            if (AdvertisedIPv6Address is not null)
                yield return AdvertisedIPv6Address;
            if (AdvertisedAddress is not null || AdvertisedIPv6Address is null)
                yield return AdvertisedAddress ?? BindAddress;
        }
    }

    internal void Validate()
    {
        if (Shards is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(Shards), Shards, "RtcOptions.Shards must be 1 to 64.");
        if (Port < 0 || Port + Shards - 1 > 65535)
            throw new ArgumentOutOfRangeException(
                nameof(Port), Port, "RtcOptions.Port must be 0, or such that Port + Shards - 1 is at most 65535.");
        if (SocketBufferSize < 64 << 10)
            throw new ArgumentOutOfRangeException(
                nameof(SocketBufferSize), SocketBufferSize, "RtcOptions.SocketBufferSize must be at least 64 KiB.");
        if (WarmUpCalls is < 1 or > 1000)
            throw new ArgumentOutOfRangeException(
                nameof(WarmUpCalls), WarmUpCalls, "RtcOptions.WarmUpCalls must be 1 to 1000.");
        if (CodecThreads is < 1 or > 64)
            throw new ArgumentOutOfRangeException(
                nameof(CodecThreads), CodecThreads, "RtcOptions.CodecThreads must be 1 to 64.");
        if (MixedLegsPerThread is < 0 or > 10_000)
            throw new ArgumentOutOfRangeException(
                nameof(MixedLegsPerThread), MixedLegsPerThread, "RtcOptions.MixedLegsPerThread must be 0 to 10,000.");
        if (GatheringTimeout <= TimeSpan.Zero || GatheringTimeout > TimeSpan.FromMinutes(1))
            throw new ArgumentOutOfRangeException(
                nameof(GatheringTimeout), GatheringTimeout, "RtcOptions.GatheringTimeout must be up to a minute.");
        foreach (var server in IceServers)
            _ = server.Parse();
        if (CandidateAddresses.Any(a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any)))
            throw new ArgumentException(
                "RtcOptions.BindAddress is the any-address: set RtcOptions.AdvertisedAddress to the address that peers "
                + "reach this host at, since it is what our ICE candidates carry.",
                nameof(AdvertisedAddress));
        if (!IsDualStack && CandidateAddresses.Any(a => a.AddressFamily != BindAddress.AddressFamily))
            throw new ArgumentException(
                "The advertised addresses and RtcOptions.BindAddress must be of one address family; bind to :: for both.",
                nameof(AdvertisedAddress));
        if (AdvertisedIPv6Address is { AddressFamily: not AddressFamily.InterNetworkV6 })
            throw new ArgumentException(
                "RtcOptions.AdvertisedIPv6Address must be an IPv6 address.", nameof(AdvertisedIPv6Address));
    }
}
