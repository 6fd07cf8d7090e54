using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// A room: its members and its life. All state, the members' included, is guarded by one lock, under which nothing
/// waits: messages go to the members' queues, and forwarding is posted to the room's media shard.
/// </summary>
internal sealed partial class Room
{
    private static readonly TimeSpan RefreshLife = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RoomMember> _members = new(StringComparer.Ordinal);
    private readonly RoomSettings _settings;
    private readonly RoomServerOptions _options;
    private readonly Sids _sids;
    private readonly WebhookSender _webhooks;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomServer> _logger;
    private readonly Action<Room, ParticipantInfo> _departed;
    private readonly ITimer _end;
    private readonly ITimer _speakerWatch;
    private readonly DateTimeOffset _created;
    private string _metadata;
    private bool _everJoined;
    private bool _closed;

    public Room(
        RoomSettings settings, RoomServerOptions options, Sids sids, WebhookSender webhooks, TimeProvider time,
        ILogger<RoomServer> logger, Action<Room, ParticipantInfo> departed, Action<Room> ranOut)
    {
        _settings = settings;
        _metadata = settings.Metadata;
        _options = options;
        _sids = sids;
        _webhooks = webhooks;
        _time = time;
        _logger = logger;
        _departed = departed;
        Sid = sids.Room();
        _created = time.GetUtcNow();
        _end = time.CreateTimer(
            _ =>
            {
                if (!IsKeptOpen)
                    ranOut(this);
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _speakerWatch = time.CreateTimer(
            _ => WatchSpeakers(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name => _settings.Name;

    public string Sid { get; }

    /// <summary>All peers of a room share a shard, as forwarding needs.</summary>
    public int ShardKey => Name.GetHashCode(StringComparison.Ordinal);

    private TimeSpan EmptyTimeout => _settings.EmptyTimeout ?? _options.EmptyTimeout;

    private TimeSpan DepartureTimeout => _settings.DepartureTimeout ?? _options.DepartureTimeout;

    private bool IsKeptOpen
    {
        get
        {
            lock (_lock)
                return _members.Values.Any(member => member.KeepsRoomOpen);
        }
    }

    /// <summary>Starts the empty time-out; a room that lost the race to be created never starts.</summary>
    public void BeginLife()
    {
        lock (_lock)
            ScheduleEnd();
        _speakerWatch.Change(SpeakersInterval, SpeakersInterval);
    }

    public GoTo.LiveKit.Protocol.Room Describe()
    {
        lock (_lock)
            return new GoTo.LiveKit.Protocol.Room
            {
                Sid = Sid,
                Name = Name,
                EmptyTimeout = (uint)EmptyTimeout.TotalSeconds,
                DepartureTimeout = (uint)DepartureTimeout.TotalSeconds,
                MaxParticipants = _settings.MaxParticipants,
                CreationTime = _created.ToUnixTimeSeconds(),
                CreationTimeMs = _created.ToUnixTimeMilliseconds(),
                Metadata = _metadata,
                NumParticipants = (uint)_members.Count,
                NumPublishers = (uint)_members.Values.Count(member => member.Info.IsPublisher),
                EnabledCodecs = { new Codec { Mime = "audio/opus" } },
            };
    }

    public IReadOnlyList<ParticipantInfo> DescribeMembers()
    {
        lock (_lock)
            return [.. _members.Values.Where(member => !member.IsHidden).Select(member => member.Info.Clone())];
    }

    public ParticipantInfo? DescribeMember(string identity)
    {
        lock (_lock)
            return _members.GetValueOrDefault(identity)?.Info.Clone();
    }

    /// <summary>Sends everybody away; completes when their media is closed.</summary>
    public Task Close(DisconnectReason reason)
    {
        lock (_lock)
        {
            _closed = true;
            _end.Dispose();
            _speakerWatch.Dispose();
            var members = _members.Values.ToArray();
            foreach (var member in members)
                Part(member, reason, tell: true);
            return Task.WhenAll(members.Select(member => member.Completion));
        }
    }

    // Participants of kind agent and egress do not keep a room open.
    private void ScheduleEnd()
    {
        if (_closed)
            return;
        var due = _members.Values.Any(member => member.KeepsRoomOpen)
            ? Timeout.InfiniteTimeSpan
            : _everJoined ? DepartureTimeout : EmptyTimeout;
        _end.Change(due, Timeout.InfiniteTimeSpan);
    }
}
