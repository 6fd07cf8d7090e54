using System.Threading.Channels;
using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>A room server with an echo agent, and an engine for the participants, all on real sockets.</summary>
public class RoomHouse : IAsyncLifetime
{
    public const string Key = "devkey";
    public const string Secret = "secret";

    private EchoAgent? _agent;

    /// <summary>Whether the server knows <c>/rtc/v1</c>.</summary>
    protected virtual bool SinglePeerConnection => true;

    public RoomServer Server { get; private set; } = null!;

    public RtcEngine Engine { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    public LiveKitOptions Options => new() { Url = Server.Url, ApiKey = Key, ApiSecret = Secret };

    public RoomServiceClient Rooms => new(Options, Http, TimeProvider.System);

    public AgentDispatchClient Dispatches => new(Options, Http, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        Engine = new RtcEngine(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        Server = await StartServer(stop, singlePeerConnection: SinglePeerConnection);
        _agent = await EchoAgent.Start(
            new EchoAgentOptions { Server = Options }, TimeProvider.System, NullLoggerFactory.Instance, stop);
        await Engine.Ready;
    }

    public static Task<RoomServer> StartServer(
        CancellationToken stop, TimeProvider? time = null, int port = 0, RoomFaults? faults = null,
        bool singlePeerConnection = true, RtcOptions? media = null) => RoomServer.Start(
        new RoomServerOptions
        {
            ApiKey = Key, ApiSecret = Secret, Port = port, Faults = faults ?? new RoomFaults(),
            SinglePeerConnection = singlePeerConnection, Media = media ?? new RtcOptions(),
        },
        time ?? TimeProvider.System, NullLoggerFactory.Instance, stop);

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
            await _agent.DisposeAsync();
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    public static string NewRoom() => $"room-{Guid.NewGuid():N}";

    public static string TokenFor(string room, string identity) => new AccessToken
    {
        Identity = identity,
        Kind = ParticipantInfo.Types.Kind.Sip,
        Attributes = new Dictionary<string, string> { ["sip.callID"] = identity },
        Video = new VideoGrant { RoomJoin = true, Room = room, CanUpdateOwnMetadata = true },
    }.Sign(Key, Secret, TimeProvider.System);

    public JoinOptions JoinOptionsFor(string room, string identity) =>
        new() { Url = Server.Url, Token = TokenFor(room, identity), Name = identity };

    public Task<RoomParticipant> Join(string room, string identity, IRoomEvents? events = null) =>
        RoomParticipant.Join(
            JoinOptionsFor(room, identity), Engine, events ?? new RoomRecord(), TimeProvider.System,
            NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    /// <summary>
    /// Speaks until it comes back. Then every connection on the way stands, and nothing is on its way any more: what is said in
    /// one burst is not kept for a handshake, which keeps the first of it only.
    /// </summary>
    public static async Task WaitForEcho(RoomParticipant speaker, AudioReceiver echo)
    {
        var stop = TestContext.Current.CancellationToken;
        var heard = new PayloadTap(1);
        echo.Tap = heard;
        for (var said = 0; said < 500; said++)
        {
            speaker.Microphone.Send(BitConverter.GetBytes(said), samples: 960);
            await Task.Delay(20, stop);
            if (heard.Payloads is [.., var last] && BitConverter.ToInt32(last) == said)
                return;
        }
        Assert.Fail("Nothing comes back.");
    }

    public async Task CreateRoomWithEcho(string room) =>
        await Rooms.CreateRoom(
            new CreateRoomRequest { Name = room, Agents = { new RoomAgentDispatch { AgentName = "echo" } } },
            TestContext.Current.CancellationToken);
}

/// <summary>One whose server knows two peer connections only: <c>/rtc/v1</c> is not found there.</summary>
public sealed class TwoConnectionHouse : RoomHouse
{
    protected override bool SinglePeerConnection => false;
}

/// <summary>What a participant was told, in order; the next entry can be waited for.</summary>
public sealed class RoomRecord : IRoomEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Channel<string> _entries = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<RoomDisconnect> _disconnected =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<RoomDisconnect> Disconnected => _disconnected.Task.WaitAsync(Patience);

    /// <summary>Reads entries until the one wanted, and gives those read.</summary>
    public async Task<IReadOnlyList<string>> Until(string wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        var seen = new List<string>();
        try
        {
            while (seen.LastOrDefault() != wanted)
                seen.Add(await _entries.Reader.ReadAsync(patience.Token));
            return seen;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"\"{wanted}\" did not come; seen: {string.Join("; ", seen)}");
        }
    }

    public void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change) =>
        Write($"{participant.Identity} {change} {participant.State} tracks={participant.Tracks.Length}");

    public void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track) =>
        Write($"subscribed to {track.Participant.Identity}");

    public void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track) =>
        Write($"unsubscribed from {track.Participant.Identity}");

    public void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
    {
        Write($"disconnected {disconnect.Cause} {disconnect.Reason} {disconnect.Action}");
        _disconnected.TrySetResult(disconnect);
    }

    private void Write(string entry) => _entries.Writer.TryWrite(entry);
}

/// <summary>Keeps the payloads that arrive.</summary>
public sealed class PayloadTap : IRtpTap
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _payloads = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _wanted;

    public PayloadTap(int wanted) => _wanted = wanted;

    public IReadOnlyList<byte[]> Payloads
    {
        get
        {
            lock (_lock)
                return [.. _payloads];
        }
    }

    public async Task Complete()
    {
        try
        {
            await _complete.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Payloads.Count} of {_wanted} payloads arrived.");
        }
    }

    public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
    {
        lock (_lock)
        {
            _payloads.Add(payload.ToArray());
            if (_payloads.Count == _wanted)
                _complete.TrySetResult();
        }
    }
}
