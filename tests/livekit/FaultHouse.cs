using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>
/// A room server that can be made to fail, killed and started again, and one engine for its clients: what is left of a
/// session is counted on both sides.
/// </summary>
internal sealed class FaultHouse : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly int _sockets;

    private FaultHouse(RoomServer server, RtcEngine engine) =>
        (Server, Engine, _sockets) = (server, engine, OpenSockets());

    public RoomFaults Faults { get; private init; } = null!;

    public RoomServer Server { get; private set; }

    public RtcEngine Engine { get; }

    /// <summary>What the media passes, where it can be cut.</summary>
    public CuttableMedia? Media { get; private init; }

    /// <summary>What the signalling passes, where it can be cut.</summary>
    public CuttableProxy? Signals { get; private init; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<FaultHouse> Start(bool singlePeerConnection = true)
    {
        var faults = new RoomFaults();
        var server = await RoomHouse.StartServer(Stop, faults: faults, singlePeerConnection: singlePeerConnection);
        var engine = new RtcEngine(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        await engine.Ready;
        return new FaultHouse(server, engine) { Faults = faults };
    }

    /// <summary>One between whose clients and server all can be cut: <see cref="Signals"/> and <see cref="Media"/>.</summary>
    public static async Task<FaultHouse> StartCuttable()
    {
        var faults = new RoomFaults();
        var server = await RoomHouse.StartServer(
            Stop, faults: faults, media: new RtcOptions { AdvertisedAddress = CuttableMedia.Server });
        var engine = new RtcEngine(
            new RtcOptions { AdvertisedAddress = CuttableMedia.Client }, TimeProvider.System, NullLoggerFactory.Instance);
        await engine.Ready;
        return new FaultHouse(server, engine)
        {
            Faults = faults,
            Media = new CuttableMedia(server.MediaEndPoints.Single().Port),
            Signals = new CuttableProxy(server.Url),
        };
    }

    /// <summary>The server stops, and says so.</summary>
    public ValueTask StopServer() => Server.DisposeAsync();

    /// <summary>The server is gone as a killed process is: what it says while it stops reaches nobody.</summary>
    public async Task KillServer()
    {
        Media!.IsCut = true;
        Signals!.Refuses = true;
        Signals.Cut();
        await Server.DisposeAsync();
    }

    /// <summary>Another one on the same ports, that knows of nothing.</summary>
    public async Task StartServer()
    {
        var media = Media is null
            ? new RtcOptions()
            : new RtcOptions { AdvertisedAddress = CuttableMedia.Server, Port = Server.MediaEndPoints.Single().Port };
        Server = await RoomHouse.StartServer(Stop, port: Server.Url.Port, faults: Faults, media: media);
        if (Media is not null) Media.IsCut = false;
        if (Signals is not null) Signals.Refuses = false;
    }

    public Task<RoomParticipant> Join(string identity, IRoomEvents events, Uri? url = null, TimeSpan? reconnect = null,
        TimeSpan? timeout = null, IReadOnlyDictionary<string, RpcHandler>? rpc = null) => RoomParticipant.Join(
        new JoinOptions
        {
            Url = url ?? Signals?.Url ?? Server.Url,
            Token = RoomHouse.TokenFor("room", identity),
            Name = identity,
            ReconnectTimeout = reconnect ?? TimeSpan.FromSeconds(30),
            Timeout = timeout ?? TimeSpan.FromSeconds(15),
            Rpc = rpc ?? new Dictionary<string, RpcHandler>(),
        },
        Engine, events, TimeProvider.System, NullLoggerFactory.Instance, Stop);

    /// <summary>In the room as the server sees it: a session with media outlives its socket.</summary>
    public async Task<RoomParticipant> JoinActive(string identity, IRoomEvents events, Uri? url = null, TimeSpan? reconnect = null,
        IReadOnlyDictionary<string, RpcHandler>? rpc = null)
    {
        var participant = await Join(identity, events, url, reconnect, rpc: rpc);
        await participant.WaitUntil(r => r.State == ParticipantInfo.Types.State.Active, Stop);
        return participant;
    }

    /// <summary>No participant, no media connection and no socket is left, here and there.</summary>
    public async Task NobodyIsLeft()
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (Left() is { } left)
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > Patience) Assert.Fail($"There is left: {left}.");
            await Task.Delay(20, Stop);
        }
    }

    /// <summary>What one says on its microphone of now reaches the other, packet for packet.</summary>
    public static async Task Hears(RoomParticipant listener, AudioReceiver receiver, RoomParticipant speaker)
    {
        await speaker.WaitForListener(Stop);
        var heard = new PayloadTap(5);
        receiver.Tap = heard;
        for (var i = 0; i < 500 && heard.Payloads.Count < 5; i++)
        {
            speaker.Microphone.Send(BitConverter.GetBytes(i), samples: 960);
            await Task.Delay(20, Stop);
        }
        await heard.Complete();
        receiver.Tap = null;
        Assert.Null(listener.Disconnect);
    }

    public async ValueTask DisposeAsync()
    {
        if (Signals is not null) await Signals.DisposeAsync();
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
        Media?.Dispose();
    }

    /// <summary>The sockets of what stands between, its listener's included.</summary>
    private int NetworkSockets => Media is null ? 0 : Media.Sockets + 1;

    private string? Left()
    {
        var (members, peers, sockets, ours, open) =
            (Server.Participants, Server.Peers, Server.Sockets, Engine.GetStats().Peers, OpenSockets() - _sockets - NetworkSockets);
        return members + peers + sockets + ours > 0 || open > 0
            ? $"{members} participants, {peers} peers and {sockets} sockets at the server; {ours} peers of ours; {open} sockets of the process"
            : null;
    }

    private static int OpenSockets() => Directory.GetFiles("/proc/self/fd").Count(IsSocket);

    private static bool IsSocket(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false;
        }
        catch (IOException)
        {
            return false; // closed meanwhile
        }
    }
}

/// <summary>The tests that count what the process holds: none runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
#pragma warning disable CA1711 // xunit's word
public sealed class AloneCollection
#pragma warning restore CA1711
{
    public const string Name = "alone";
}
