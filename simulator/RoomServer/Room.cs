using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// A room: its members and its life. All state, the members' included, is guarded by one lock, under which nothing
/// waits: messages go to the members' queues, and forwarding is posted to the room's media shard.
/// </summary>
internal sealed partial class Room
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RoomMember> _members = new(StringComparer.Ordinal);
    private readonly RoomSettings _settings;
    private readonly RoomServerOptions _options;
    private readonly Sids _sids;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomServer> _logger;
    private readonly ITimer _end;
    private readonly DateTimeOffset _created;
    private bool _everJoined;
    private bool _closed;

    public Room(
        RoomSettings settings, string sid, RoomServerOptions options, Sids sids, TimeProvider time,
        ILogger<RoomServer> logger, Action<Room> ranOut)
    {
        _settings = settings;
        Sid = sid;
        _options = options;
        _sids = sids;
        _time = time;
        _logger = logger;
        _created = time.GetUtcNow();
        _end = time.CreateTimer(
            _ =>
            {
                if (!IsKeptOpen)
                    ranOut(this);
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
                Metadata = _settings.Metadata,
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

    /// <summary>
    /// Takes a participant in, evicting one of the same identity, and queues its first message; null when the room has
    /// just closed.
    /// </summary>
    public RoomMember? Admit(
        VerifiedToken token, JoinRequest request, RtcEngine engine, Func<RoomMember, string> refresh)
    {
        lock (_lock)
        {
            if (_closed)
                return null;
            if (_members.TryGetValue(token.Token.Identity!, out var former))
                Part(former, DisconnectReason.DuplicateIdentity, tell: true);
            var member = new RoomMember(this, _sids.Participant(), token, request, engine, _time, _logger);
            _members.Add(member.Info.Identity, member);
            _everJoined |= member.KeepsRoomOpen;
            ScheduleEnd();
            member.Send(new SignalResponse { Join = JoinResponse(member) });
            member.Send(new SignalResponse { RefreshToken = refresh(member) });
            foreach (var track in request.AddTrackRequests)
                AddTrack(member, track);
            Announce(member, toItself: false);
            return member;
        }
    }

    /// <summary>Removes a member by identity, as the API asks.</summary>
    public bool Expel(string identity)
    {
        lock (_lock)
        {
            if (!_members.TryGetValue(identity, out var member))
                return false;
            Part(member, DisconnectReason.ParticipantRemoved, tell: true);
            return true;
        }
    }

    /// <summary>A member is gone, or must go: the others are told at once.</summary>
    public void Leave(
        RoomMember member, DisconnectReason reason, bool tell,
        LeaveRequest.Types.Action action = LeaveRequest.Types.Action.Disconnect)
    {
        lock (_lock)
            Part(member, reason, tell, action);
    }

    public void Close(DisconnectReason reason)
    {
        lock (_lock)
        {
            _closed = true;
            _end.Dispose();
            foreach (var member in _members.Values.ToArray())
                Part(member, reason, tell: true);
        }
    }

    public void BecameActive(RoomMember member)
    {
        lock (_lock)
        {
            if (!Holds(member) || member.IsActive)
                return;
            member.Info.State = ParticipantInfo.Types.State.Active;
            Announce(member, toItself: true);
            TellFirstSubscriptions();
        }
    }

    public void Update(RoomMember member, UpdateParticipantMetadata update)
    {
        lock (_lock)
        {
            var response = new RequestResponse { RequestId = update.RequestId, UpdateMetadata = update };
            if (member.Info.Permission.CanUpdateMetadata)
            {
                member.Apply(update);
                Announce(member, toItself: true);
            }
            else
            {
                response.Reason = RequestResponse.Types.Reason.NotAllowed;
                response.Message = "does not have permission to update own metadata";
            }
            member.Send(new SignalResponse { RequestResponse = response });
        }
    }

    private void Part(
        RoomMember member, DisconnectReason reason, bool tell,
        LeaveRequest.Types.Action action = LeaveRequest.Types.Action.Disconnect)
    {
        if (!Holds(member))
            return;
        _members.Remove(member.Info.Identity);
        _logger.MemberLeft(Name, member.Info.Identity, member.Info.Sid, reason);
        foreach (var slot in member.Slots)
            slot.Release();
        foreach (var track in member.Tracks.ToArray())
            Withdraw(track);
        member.Info.State = ParticipantInfo.Types.State.Disconnected;
        member.Info.DisconnectReason = reason;
        Announce(member, toItself: false);
        member.End(tell ? new LeaveRequest { Reason = reason, Action = action } : null);
        ScheduleEnd();
    }

    private bool Holds(RoomMember member) => _members.GetValueOrDefault(member.Info.Identity) == member;

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

    private void Announce(RoomMember member, bool toItself)
    {
        member.Info.Version++;
        var update = new SignalResponse { Update = new ParticipantUpdate { Participants = { member.Info.Clone() } } };
        foreach (var other in _members.Values)
        {
            if (other == member ? toItself : !member.IsHidden)
                other.Send(update);
        }
    }

    private JoinResponse JoinResponse(RoomMember member)
    {
        var join = new JoinResponse
        {
            Room = Describe(),
            Participant = member.Info.Clone(),
            ServerVersion = RoomServer.ProtocolVersion,
            ServerInfo = RoomServer.Info.Clone(),
            PingInterval = (int)_options.PingInterval.TotalSeconds,
            PingTimeout = (int)_options.PingTimeout.TotalSeconds,
            FastPublish = true,
            EnabledPublishCodecs = { new Codec { Mime = "audio/opus" } },
        };
        join.OtherParticipants.AddRange(_members.Values
            .Where(other => other != member && !other.IsHidden)
            .Select(other => other.Info.Clone()));
        return join;
    }
}
