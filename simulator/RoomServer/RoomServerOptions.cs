using System.Net;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>How a <see cref="RoomServer"/> runs. The defaults are LiveKit's.</summary>
public sealed class RoomServerOptions
{
    /// <summary>The address that HTTP and WebSocket are served on; loopback unless set.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The TCP port; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Whether it serves https and wss, with a certificate made at the start that clients must trust by
    /// <see cref="RoomServer.CertificateFingerprint"/>. Default: no.
    /// </summary>
    public bool Tls { get; init; }

    /// <summary>The API key that clients use.</summary>
    public required string ApiKey { get; init; }

    /// <summary>The API key's secret.</summary>
    public required string ApiSecret { get; init; }

    /// <summary>Where media is bound: by default one shard on a free port of loopback.</summary>
    public RtcOptions Media { get; init; } = new();

    /// <summary>STUN and TURN servers that participants are told of; none unless set.</summary>
    public IReadOnlyList<IceServer> IceServers { get; init; } = [];

    /// <summary>Whether joining a room that does not exist creates it; true unless set.</summary>
    public bool AutoCreate { get; init; } = true;

    /// <summary>
    /// Whether <c>/rtc/v1</c>, one peer connection for all, is there beside <c>/rtc</c>; true unless set. LiveKit's servers
    /// before 1.9 answer it with 404.
    /// </summary>
    public bool SinglePeerConnection { get; init; } = true;

    /// <summary>How long a room that nobody joined stays open, where its creator does not say; 300 s.</summary>
    public TimeSpan EmptyTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long a room stays open after everybody left, where its creator does not say; 20 s.</summary>
    public TimeSpan DepartureTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a participant may take to connect its media after joining; 60 s.</summary>
    public TimeSpan MediaTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often clients are told to ping; 5 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how much silence clients are told to give the socket up; 15 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where it posts what happens in its rooms, signed with the API key; nowhere unless set.</summary>
    public IReadOnlyList<Uri> Webhooks { get; init; } = [];

    /// <summary>What is to go wrong; nothing unless ordered.</summary>
    public RoomFaults Faults { get; init; } = new();

    /// <summary>Where ids come from; a seeded one makes them repeatable.</summary>
    public Random Chance { get; init; } = Random.Shared;
}

/// <summary>The room server cannot be started; the message names the setting to change.</summary>
public sealed class RoomServerStartException : Exception
{
    internal RoomServerStartException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
