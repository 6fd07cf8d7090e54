using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// A participant as the server sees it: its info, tracks and subscriptions (guarded by the room's lock), its peer
/// connections, and its signalling. It lives on without a signalling socket as long as its media does.
/// </summary>
internal sealed partial class RoomMember
{
    private static readonly TimeSpan TokenInterval = TimeSpan.FromMinutes(5);

    private readonly Room _room;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomServer> _logger;
    private readonly Channel<MemberInput> _inbox = Channel.CreateUnbounded<MemberInput>(new() { SingleReader = true });
    private readonly Dictionary<string, bool> _chosen = new(StringComparer.Ordinal);
    private readonly bool _autoSubscribe;
    private volatile SignalSession _session;

    public RoomMember(
        Room room, string sid, JoinParameters join, SignalSession session, RtcEngine engine, TimeProvider time,
        ILogger<RoomServer> logger)
    {
        _room = room;
        _time = time;
        _logger = logger;
        _session = session;
        Token = join.Token;
        var grant = Token.Token.Video!;
        _autoSubscribe = join.Request.ConnectionSettings?.AutoSubscribe ?? false;
        var now = time.GetUtcNow();
        Info = new ParticipantInfo
        {
            Sid = sid,
            Identity = join.Identity,
            Name = Token.Token.Name ?? "",
            State = ParticipantInfo.Types.State.Joined,
            Metadata = Token.Token.Metadata ?? "",
            JoinedAt = now.ToUnixTimeSeconds(),
            JoinedAtMs = now.ToUnixTimeMilliseconds(),
            Kind = Token.Token.Kind,
            Permission = PermissionOf(grant),
            ClientProtocol = join.Request.ClientInfo?.ClientProtocol ?? 0,
        };
        Info.Attributes.Add(Token.Token.Attributes.ToDictionary());
        if (Info.Permission.CanUpdateMetadata)
        {
            foreach (var (name, value) in join.Request.ParticipantAttributes)
                Info.Attributes[name] = value;
        }
        KeepsRoomOpen = !grant.Agent && !grant.Recorder
            && Info.Kind is not (ParticipantInfo.Types.Kind.Agent or ParticipantInfo.Types.Kind.Egress);
        Publisher = Connect(engine, SignalTarget.Publisher);
        if (join.TwoConnections && Info.Permission.CanSubscribe)
        {
            Subscriber = Connect(engine, SignalTarget.Subscriber);
            Channels.Make(Subscriber);
        }
        if (join.Request.PublisherOffer is { } offer)
            Take(new SignalRequest { Offer = offer });
    }

    public VerifiedToken Token { get; }

    public ParticipantInfo Info { get; }

    /// <summary>The connection that the member offers: its tracks, and with a single connection all it receives.</summary>
    public RtcPeer Publisher { get; }

    /// <summary>The connection that the server offers, of a member with two.</summary>
    public RtcPeer? Subscriber { get; }

    /// <summary>What data packets travel on.</summary>
    public MemberChannels Channels { get; } = new();

    /// <summary>The last reliable data packet that came from the member; it repeats later ones after it resumed.</summary>
    public uint LastSequence { get; private set; }

    /// <summary>Whether its media is connected.</summary>
    public bool IsActive => Info.State == ParticipantInfo.Types.State.Active;

    /// <summary>How well its media is connected, as was told last.</summary>
    public ConnectionQuality Quality { get; set; } = ConnectionQuality.Lost;

    public bool IsHidden => Info.Permission.Hidden;

    public bool KeepsRoomOpen { get; }

    public List<PublishedTrack> Tracks { get; } = [];

    public List<ReceivingSlot> Slots { get; } = [];

    /// <summary>Whether an offer was answered; before that nothing is asked of the member.</summary>
    public bool HasNegotiated { get; set; }

    /// <summary>Whether an offer is to come, from the member or of its subscriber connection, that has not come yet.</summary>
    public bool OfferAsked { get; set; }

    /// <summary>Completes when the member is out of the room and its media closed.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    private bool IsOver => _inbox.Reader.Completion.IsCompleted;

    public void Begin(TimeSpan mediaTimeout)
    {
        if (Subscriber is not null)
        {
            OfferAsked = true;
            WantOffer();
        }
        Completion = Run(mediaTimeout);
    }

    /// <summary>Sends a message, if there is a socket to send it on.</summary>
    public void Send(SignalResponse message) => _session.Send(message);

    /// <summary>Serves a signalling socket of the member, until it or the member ends.</summary>
    public async Task Serve(
        SignalSession session, ProtobufSocket<SignalResponse, SignalRequest> socket, Action cut)
    {
        try
        {
            await session.Serve(socket, Take, cut);
        }
        catch (InvalidProtocolBufferException)
        {
            _logger.MalformedMessage(_room.Name, Info.Identity);
        }
        SessionEnded(session);
        if (IsOver)
            await Completion;
    }

    public void SessionEnded(SignalSession session) => _inbox.Writer.TryWrite(new MemberInput.SessionEnded(session));

    /// <summary>Goes on with another signalling socket; the former is closed.</summary>
    public void Resume(SignalSession session)
    {
        _session.End();
        _session = session;
    }

    /// <summary>Has the client come back with another signalling socket, to the same session.</summary>
    public void AskToResume(DisconnectReason reason)
    {
        Send(new SignalResponse
        {
            Leave = new LeaveRequest { Reason = reason, Action = LeaveRequest.Types.Action.Resume, CanReconnect = true },
        });
        _session.End();
    }

    /// <summary>Has the subscriber connection negotiated anew.</summary>
    public void WantOffer(bool iceRestart = false) =>
        _inbox.Writer.TryWrite(new MemberInput.OfferWanted(iceRestart));

    /// <summary>Ends the member: the last message, then the socket and the media are closed.</summary>
    public void End(LeaveRequest? leave)
    {
        if (leave is not null)
            Send(new SignalResponse { Leave = leave });
        _session.End();
        _inbox.Writer.TryWrite(new MemberInput.Over());
        _inbox.Writer.TryComplete();
    }

    /// <summary>Whether the member is to receive a track: as it chose, else as it joined.</summary>
    public bool Wants(PublishedTrack track) =>
        Info.Permission.CanSubscribe && _chosen.GetValueOrDefault(track.Info.Sid, _autoSubscribe);

    public void Choose(string trackSid, bool subscribe) => _chosen[trackSid] = subscribe;

    /// <summary>Whether a packet of the member has not come before.</summary>
    public bool IsNew(DataPacket packet, bool isReliable)
    {
        if (!isReliable || packet.Sequence == 0)
            return true;
        if (packet.Sequence <= LastSequence)
            return false;
        LastSequence = packet.Sequence;
        return true;
    }

    public void ShowTracks()
    {
        Info.Tracks.Clear();
        Info.Tracks.AddRange(Tracks.Where(track => track.Line is not null).Select(track => track.Info.Clone()));
        Info.IsPublisher = Info.Tracks.Count > 0;
    }

    /// <summary>Empty texts leave what is there; an attribute of an empty value is removed.</summary>
    public void Apply(string name, string metadata, IEnumerable<KeyValuePair<string, string>> attributes)
    {
        if (name.Length > 0)
            Info.Name = name;
        if (metadata.Length > 0)
            Info.Metadata = metadata;
        foreach (var (key, value) in attributes)
        {
            if (value.Length == 0)
                Info.Attributes.Remove(key);
            else
                Info.Attributes[key] = value;
        }
    }

    private RtcPeer Connect(RtcEngine engine, SignalTarget target) => engine.CreatePeer(
        // The real server is the DTLS client when it answers (a=setup:active).
        new PeerOptions
        {
            Name = $"{_room.Name}/{Info.Identity}{(target == SignalTarget.Subscriber ? "/subscriber" : "")}",
            ShardKey = _room.ShardKey,
            AnswerRole = DtlsRole.Client,
            DataChannels = true,
        },
        new PeerEvents(this, target));

    private void Take(SignalRequest request) => _inbox.Writer.TryWrite(new MemberInput.Message(request));

    private static ParticipantPermission PermissionOf(VideoGrant grant) => new()
    {
        CanSubscribe = grant.CanSubscribe ?? true,
        CanPublish = grant.CanPublish ?? true,
        CanPublishData = grant.CanPublishData ?? grant.CanPublish ?? true,
        CanPublishSources = { grant.CanPublishSources },
        Hidden = grant.Hidden,
        Recorder = grant.Recorder,
        CanUpdateMetadata = grant.CanUpdateOwnMetadata ?? false,
        Agent = grant.Agent,
    };

    private sealed class PeerEvents(RoomMember member, SignalTarget target) : IRtcPeerEvents
    {
        public void OnStateChanged(PeerState state, PeerReason? reason) =>
            Tell(new MemberInput.MediaState(target, state));

        public void OnCandidate(string candidate) => Tell(new MemberInput.Candidate(target, candidate));

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }

        public void OnDataChannel(DataChannel channel)
        {
            // With two connections what the member makes is for its sending only.
            if (member.Subscriber is null)
                member.Channels.Take(channel);
        }

        public void OnData(DataChannel channel, ReadOnlySpan<byte> message, bool isText) =>
            Tell(new MemberInput.Data(message.ToArray(), channel.Label == MemberChannels.Reliable));

        private void Tell(MemberInput input) => member._inbox.Writer.TryWrite(input);
    }
}
