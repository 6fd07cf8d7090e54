using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Phones;
using GoTo.Tones;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests.Phones;

/// <summary>An agent in a call's room that says one pitch and knows those of the others.</summary>
internal sealed class ToneAgent : IRoomEvents, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly ToneGenerator _voice;
    private readonly double[] _pitches;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ToneDetector> _ears = [];
    private readonly HashSet<string> _said = [];
    private readonly List<string> _statuses = [];
    private readonly List<char> _keys = [];
    private readonly CancellationTokenSource _leaving = new();
    private Task _speaking = Task.CompletedTask;
    private RoomParticipant? _room;

    private ToneAgent(double pitch, double[] others) => (_voice, _pitches) = (new ToneGenerator(pitch), [pitch, .. others]);

    /// <summary>The agent's participant.</summary>
    public RoomParticipant Room => _room!;

    public string Identity { get; } = $"agent-{Guid.NewGuid():N}";

    /// <summary>Joins a room as an agent would that was dispatched to it.</summary>
    public static async Task<ToneAgent> Join(World world, string room, double pitch, params double[] others)
    {
        var agent = new ToneAgent(pitch, others);
        var token = new AccessToken
        {
            Identity = agent.Identity,
            Kind = ParticipantInfo.Types.Kind.Agent,
            Video = new VideoGrant { RoomJoin = true, Room = room, CanPublish = true, CanSubscribe = true },
        };
        agent._room = await RoomParticipant.Join(
            new JoinOptions { Url = world.LiveKit.Url!, Token = token.Sign(world.LiveKit.ApiKey!, world.LiveKit.ApiSecret!, TimeProvider.System), Name = "tone agent" },
            world.Engine, agent, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        agent._speaking = PacedPlayer.Play(
            agent._voice.Packets(), agent.Say, TimeProvider.System, agent._leaving.Token);
        return agent;
    }

    /// <summary>How the phone's <c>sip.callStatus</c> has changed since the agent is in the room.</summary>
    public IReadOnlyList<string> Statuses
    {
        get
        {
            lock (_gate) return [.. _statuses];
        }
    }

    /// <summary>The phone's keys that it was told of so far.</summary>
    public string Keys
    {
        get
        {
            lock (_gate) return string.Concat(_keys);
        }
    }

    /// <summary>Whether it has sent this payload (<see cref="HeardPacket.Payload"/>).</summary>
    public bool Said(string payload)
    {
        lock (_gate) return _said.Contains(payload);
    }

    /// <summary>Waits until just these pitches are heard.</summary>
    public async Task Hears(params double[] pitches)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Limit);
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (!Heard().SequenceEqual(pitches.Order())) await timer.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"The agent is to hear [{string.Join(", ", pitches)}] Hz, and hears [{string.Join(", ", Heard())}] Hz.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_leaving.IsCancellationRequested) return;
        await _leaving.CancelAsync();
        await _speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_room is not null) await _room.DisposeAsync();
        _voice.Dispose();
        _leaving.Dispose();
    }

    void IRoomEvents.OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
    {
        lock (_gate)
        {
            if (participant.Attributes.GetValueOrDefault("sip.callStatus") is { } status && _statuses.LastOrDefault() != status)
                _statuses.Add(status);
        }
    }

    void IRoomEvents.OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        lock (_gate) track.Receiver.Tap = _ears[track.Sid] = new ToneDetector(_pitches);
    }

    void IRoomEvents.OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        lock (_gate) _ears.Remove(track.Sid);
    }

    void IRoomEvents.OnDtmf(RoomParticipant room, string identity, char digit)
    {
        lock (_gate) _keys.Add(digit);
    }

    void IRoomEvents.OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
    {
    }

    private void Say(OpusPacket packet)
    {
        lock (_gate) _said.Add(Convert.ToHexString(packet.Payload.Span));
        _room!.Microphone.Send(packet.Payload, packet.Samples);
    }

    private IEnumerable<double> Heard()
    {
        lock (_gate) return [.. _ears.Values.SelectMany(ear => ear.Hearing).Order()];
    }
}
