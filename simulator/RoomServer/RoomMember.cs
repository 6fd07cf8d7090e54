using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// A participant as the server sees it: its info and tracks (guarded by the room's lock), its peer connection, and its
/// signalling, handled one message after the other.
/// </summary>
internal sealed class RoomMember : IDisposable
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly Room _room;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomServer> _logger;
    private readonly Channel<Input> _inbox = Channel.CreateUnbounded<Input>(new() { SingleReader = true });
    private readonly Channel<SignalResponse> _outbox =
        Channel.CreateUnbounded<SignalResponse>(new() { SingleReader = true });
    private readonly CancellationTokenSource _life = new();
    private bool _connected;

    public RoomMember(
        Room room, string sid, VerifiedToken token, JoinRequest request, RtcEngine engine, TimeProvider time,
        ILogger<RoomServer> logger)
    {
        _room = room;
        _time = time;
        _logger = logger;
        Token = token;
        var grant = token.Token.Video!;
        IsHidden = grant.Hidden;
        WantsTracks = grant.CanSubscribe != false && (request.ConnectionSettings?.AutoSubscribe ?? false);
        var now = time.GetUtcNow();
        Info = new ParticipantInfo
        {
            Sid = sid,
            Identity = token.Token.Identity!,
            Name = token.Token.Name ?? "",
            State = ParticipantInfo.Types.State.Joined,
            Metadata = token.Token.Metadata ?? "",
            JoinedAt = now.ToUnixTimeSeconds(),
            JoinedAtMs = now.ToUnixTimeMilliseconds(),
            Kind = token.Token.Kind,
            Permission = PermissionOf(grant),
        };
        Info.Attributes.Add(token.Token.Attributes.ToDictionary());
        if (Info.Permission.CanUpdateMetadata)
        {
            foreach (var (name, value) in request.ParticipantAttributes)
                Info.Attributes[name] = value;
        }
        KeepsRoomOpen = !grant.Agent && !grant.Recorder
            && Info.Kind is not (ParticipantInfo.Types.Kind.Agent or ParticipantInfo.Types.Kind.Egress);
        Peer = engine.CreatePeer(
            // The real server is the DTLS client too (a=setup:active).
            new PeerOptions
            {
                Name = $"{room.Name}/{Info.Identity}", ShardKey = room.ShardKey, AnswerRole = DtlsRole.Client,
            },
            new PeerEvents(_inbox.Writer));
        if (request.PublisherOffer is { } offer)
            _inbox.Writer.TryWrite(new Input.Message(new SignalRequest { Offer = offer }));
    }

    public VerifiedToken Token { get; }

    public ParticipantInfo Info { get; }

    public RtcPeer Peer { get; }

    /// <summary>Whether its media is connected.</summary>
    public bool IsActive => Info.State == ParticipantInfo.Types.State.Active;

    public bool IsHidden { get; }

    public bool KeepsRoomOpen { get; }

    public bool WantsTracks { get; }

    public List<PublishedTrack> Tracks { get; } = [];

    public List<ReceivingSlot> Slots { get; } = [];

    /// <summary>Whether an offer was answered; before that nothing is asked of the member.</summary>
    public bool HasNegotiated { get; set; }

    /// <summary>Whether the member was asked for an offer that has not come yet.</summary>
    public bool OfferAsked { get; set; }

    /// <summary>Queues a message; they are sent in order once the socket is open.</summary>
    public void Send(SignalResponse message) => _outbox.Writer.TryWrite(message);

    /// <summary>Ends the member: the last message, then the socket and the media are closed.</summary>
    public void End(LeaveRequest? leave)
    {
        if (leave is not null)
            Send(new SignalResponse { Leave = leave });
        _outbox.Writer.TryComplete();
        _inbox.Writer.TryWrite(Input.Over);
    }

    public void ShowTracks()
    {
        Info.Tracks.Clear();
        Info.Tracks.AddRange(Tracks.Where(track => track.Line is not null).Select(track => track.Info.Clone()));
        Info.IsPublisher = Info.Tracks.Count > 0;
    }

    public void Apply(UpdateParticipantMetadata update)
    {
        if (update.Name.Length > 0)
            Info.Name = update.Name;
        if (update.Metadata.Length > 0)
            Info.Metadata = update.Metadata;
        foreach (var (name, value) in update.Attributes)
        {
            if (value.Length == 0)
                Info.Attributes.Remove(name);
            else
                Info.Attributes[name] = value;
        }
    }

    /// <summary>Serves the member until it is out of the room.</summary>
    public async Task Serve(ProtobufSocket<SignalResponse, SignalRequest> socket, TimeSpan mediaTimeout)
    {
        var writing = Write(socket);
        var reading = Read(socket);
        var patience = _time.CreateTimer(
            static inbox => ((ChannelWriter<Input>)inbox!).TryWrite(Input.MediaDue), _inbox.Writer, mediaTimeout,
            Timeout.InfiniteTimeSpan);
        await using (patience)
        {
            while (await _inbox.Reader.ReadAsync() is var input && input != Input.Over)
                await Handle(input);
        }
        await writing;
        // Cutting the socket or the media now could overtake the last message; a client that is told closes its side.
        await Task.WhenAny(reading, Task.Delay(ClosePatience, _time));
        await Peer.Close();
        await _life.CancelAsync();
        await reading;
    }

    /// <summary>Ends a member whose socket never opened.</summary>
    public async Task Abandon()
    {
        _room.Leave(this, DisconnectReason.SignalClose, tell: false);
        await Peer.Close();
    }

    public void Dispose() => _life.Dispose();

    private async Task Handle(Input input)
    {
        switch (input)
        {
            case Input.Message(var message):
                await Handle(message);
                break;
            case Input.MediaState(PeerState.Connected):
                _connected = true;
                _room.BecameActive(this);
                break;
            case Input.MediaState(PeerState.Failed or PeerState.Closed):
                _room.Leave(
                    this, DisconnectReason.ConnectionTimeout, tell: true, LeaveRequest.Types.Action.Resume);
                break;
            case Input.Candidate(var candidate):
                Send(new SignalResponse
                {
                    Trickle = new TrickleRequest
                    {
                        CandidateInit = TrickleCandidate.Write(candidate),
                        Target = SignalTarget.Publisher,
                        Final = candidate.Length == 0,
                    },
                });
                break;
            // With its media connected, a member stays although its socket is gone, until the media goes too.
            case Input.SocketEnded when !_connected:
                _room.Leave(this, DisconnectReason.SignalClose, tell: false);
                break;
            case Input.MediaDeadline when !_connected:
                _room.Leave(this, DisconnectReason.JoinFailure, tell: true);
                break;
        }
    }

    private async Task Handle(SignalRequest message)
    {
        switch (message.MessageCase)
        {
            case SignalRequest.MessageOneofCase.Offer:
                await Answer(message.Offer);
                break;
            case SignalRequest.MessageOneofCase.Trickle:
                await Take(message.Trickle);
                break;
            case SignalRequest.MessageOneofCase.AddTrack:
                _room.AddTrack(this, message.AddTrack);
                break;
            case SignalRequest.MessageOneofCase.Mute:
                _room.Mute(this, message.Mute);
                break;
            case SignalRequest.MessageOneofCase.UpdateMetadata:
                _room.Update(this, message.UpdateMetadata);
                break;
            case SignalRequest.MessageOneofCase.PingReq:
                Send(new SignalResponse
                {
                    PongResp = new Pong { LastPingTimestamp = message.PingReq.Timestamp, Timestamp = Now() },
                });
                break;
            case SignalRequest.MessageOneofCase.Ping:
                Send(new SignalResponse { Pong = Now() });
                break;
            case SignalRequest.MessageOneofCase.Leave:
                var reason = message.Leave.Reason == DisconnectReason.UnknownReason
                    ? DisconnectReason.ClientInitiated
                    : message.Leave.Reason;
                _room.Leave(this, reason, tell: false);
                break;
        }
    }

    private async Task Answer(SessionDescription offer)
    {
        try
        {
            _room.BeginAnswer(this);
            var sdp = await Peer.AcceptOffer(offer.Sdp);
            _room.CompleteAnswer(this, new SessionDescription { Type = "answer", Sdp = sdp, Id = offer.Id });
        }
        catch (SdpException e)
        {
            _logger.OfferRefused(_room.Name, Info.Identity, e.Message);
            _room.Leave(this, DisconnectReason.StateMismatch, tell: true, LeaveRequest.Types.Action.Reconnect);
        }
        catch (InvalidOperationException) when (Peer.State is PeerState.Failed or PeerState.Closed)
        {
            // The end of the media is in the queue already.
        }
    }

    private async Task Take(TrickleRequest trickle)
    {
        try
        {
            if (TrickleCandidate.Read(trickle.CandidateInit) is { } candidate)
                await Peer.AddCandidate(candidate);
        }
        catch (InvalidOperationException) when (Peer.State is PeerState.Failed or PeerState.Closed)
        {
            // As above.
        }
    }

    private async Task Write(ProtobufSocket<SignalResponse, SignalRequest> socket)
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync())
            await socket.Send(message);
        await socket.Close();
    }

    private async Task Read(ProtobufSocket<SignalResponse, SignalRequest> socket)
    {
        try
        {
            while (await socket.Receive(_life.Token) is { } message)
                _inbox.Writer.TryWrite(new Input.Message(message));
        }
        catch (InvalidProtocolBufferException)
        {
            _logger.MalformedMessage(_room.Name, Info.Identity);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        _inbox.Writer.TryWrite(new Input.SocketEnded());
    }

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

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed class PeerEvents(ChannelWriter<Input> inbox) : IRtcPeerEvents
    {
        public void OnStateChanged(PeerState state, string? reason) => inbox.TryWrite(new Input.MediaState(state));

        public void OnCandidate(string candidate) => inbox.TryWrite(new Input.Candidate(candidate));

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }
    }

    private abstract record Input
    {
        public static readonly Input Over = new Finished();
        public static readonly Input MediaDue = new MediaDeadline();

        public sealed record Message(SignalRequest Request) : Input;

        public sealed record MediaState(PeerState State) : Input;

        public sealed record Candidate(string Text) : Input;

        public sealed record SocketEnded : Input;

        public sealed record MediaDeadline : Input;

        private sealed record Finished : Input;
    }
}
