using System.Threading.Channels;
using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging;

namespace GoTo.Media;

/// <summary>
/// The audio of one call: its participant in the room, its leg to GoTo, and the two joined by pass-through, Opus as it
/// came. Engine and room report from their own threads; <see cref="Reports"/> hands that on in order.
/// </summary>
internal sealed class CallMedia(CallKey call, MediaHost host) : IRoomEvents, IAsyncDisposable
{
    /// <summary>How long GoTo's <c>call.ended</c> may take after the phone has closed its audio.</summary>
    private static readonly TimeSpan HangUpGrace = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = host.Logs.CreateLogger<CallMedia>();
    private readonly Channel<CallCommand> _reports = Channel.CreateBounded<CallCommand>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Lock _legs = new();
    private readonly List<RemoteAudioTrack> _agentTracks = [];
    private readonly HashSet<string> _dispatched = [];
    private RoomParticipant? _participant;
    private PhoneLeg? _phone;
    private MediaFlow _flow;
    private volatile bool _closed;

    private const string ClosedMeanwhile = "the call's audio was closed meanwhile";

    /// <summary>What the call should know; ends when the audio is closed.</summary>
    public IAsyncEnumerable<CallCommand> Reports => _reports.Reader.ReadAllAsync();

    /// <summary>The call is in its room, and neither leg has failed.</summary>
    public bool IsOpen => !_closed && _participant is not null && !IsLost;

    /// <summary>An agent's audio reaches us.</summary>
    public bool HasAgent
    {
        get
        {
            lock (_legs) return _agentTracks.Count > 0;
        }
    }

    /// <summary>There was audio, and it is gone for good.</summary>
    public bool IsLost =>
        _participant is { Disconnect: not null } || _phone is { Peer.State: PeerState.Failed or PeerState.Closed };

    public async Task<RoomOpened> OpenRoom(RoomRequest request, CancellationToken cancellationToken)
    {
        var phone = new PhoneInRoom(call, request, host.LiveKit);
        try
        {
            if (request.Existing is null) await host.Rooms.CreateRoom(phone.Room(), cancellationToken);
            var joined = await RoomParticipant.Join(
                phone.Join(host.Time, ShardKey), host.Engine, this, host.Time, host.Logs, cancellationToken);
            if (Keep(() => _participant = joined))
                return new RoomOpened(phone.RoomName, phone.Identity, null);
            await joined.DisposeAsync();
            return new RoomOpened(phone.RoomName, phone.Identity, ClosedMeanwhile);
        }
        catch (Exception e) when (e is TwirpException or RoomJoinException or HttpRequestException
            || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new RoomOpened(phone.RoomName, phone.Identity, e.Message);
        }
    }

    /// <summary>The gate opens when the agent is heard and listens: then nothing that either says first is lost.</summary>
    public async Task<AgentArrival> AwaitAgent(TimeSpan limit, RoomRequest? dispatch, CancellationToken cancellationToken)
    {
        if (_participant is not { } room) return new AgentArrival(null, "the room is not joined", RoomLost: true);
        if (dispatch is not null && await Dispatch(dispatch, cancellationToken) is { } failure) return new AgentArrival(null, failure);
        using var timeout = new CancellationTokenSource(limit, host.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            string? agent = null;
            await room.WaitUntil(
                r => r.IsMicrophoneSubscribed && (agent = r.Tracks.FirstOrDefault(IsAgent)?.Participant.Identity) is not null,
                stop.Token);
            return new AgentArrival(agent, null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new AgentArrival(null, $"no agent with audio within {limit.TotalSeconds:0.#} s");
        }
        catch (RoomDisconnectedException e)
        {
            return new AgentArrival(null, e.Message, RoomLost: true);
        }
    }

    /// <summary>Sends an agent to the room that was made for another one; once, however often it is asked for. Null when done.</summary>
    private async Task<string?> Dispatch(RoomRequest request, CancellationToken cancellationToken)
    {
        if (request.Agent is not { } agent || !_dispatched.Add(agent)) return null;
        try
        {
            await host.Dispatches.CreateDispatch(new PhoneInRoom(call, request, host.LiveKit).Dispatch(agent), cancellationToken);
            return null;
        }
        catch (Exception e) when (e is TwirpException or HttpRequestException)
        {
            return e.Message;
        }
    }

    public async Task<OfferReply> AcceptOffer(string sdpOffer)
    {
        if (_phone is { } present && present.Offer == sdpOffer) return new OfferReply(present.Answer, null);
        var leg = new PhoneLeg(this, sdpOffer);
        leg.Peer = host.Engine.CreatePeer(new PeerOptions { Name = $"{call} phone", ShardKey = ShardKey }, leg);
        try
        {
            leg.Answer = await leg.Peer.AcceptOffer(sdpOffer);
            leg.Audio = leg.Peer.Transceivers.FirstOrDefault(t => t.CurrentDirection is not TransceiverDirection.Inactive);
            if (leg.Audio is null) return await Refuse("the offer has no active audio");
            var earlier = _phone;
            if (!Keep(() => _phone = leg)) return await Refuse(ClosedMeanwhile);
            if (earlier is not null) await earlier.Peer.Close();
            return new OfferReply(leg.Answer, null);
        }
        catch (SdpException e)
        {
            return await Refuse(e.Message);
        }
        catch
        {
            await leg.Peer.Close();
            throw;
        }

        async Task<OfferReply> Refuse(string why)
        {
            await leg.Peer.Close();
            return new OfferReply(null, why);
        }
    }

    public Task AddCandidate(string candidate) => _phone is { } phone
        ? phone.Peer.AddCandidate(candidate).AsTask()
        : Task.CompletedTask;

    /// <summary>Plays an announcement to the phone; why it was not played to its end, null when it was.</summary>
    public async Task<string?> Announce(string name, CancellationToken cancellationToken)
    {
        if (_phone?.Audio is not { Sender: var phone }) return "the phone has no audio";
        try
        {
            await using var stop = cancellationToken.Register(phone.StopPlaying);
            return await phone.Play(host.Announcements.Find(name)) switch
            {
                AnnouncementEnd.Played => null,
                AnnouncementEnd.Stopped => "it was stopped",
                _ => "the phone's audio was lost",
            };
        }
        catch (Exception e) when (e is AnnouncementException or OpusUnavailableException)
        {
            return e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        PhoneLeg? phone;
        RoomParticipant? participant;
        lock (_legs)
        {
            _closed = true;
            (phone, participant) = (_phone, _participant);
        }
        if (phone is not null) await phone.Peer.Close();
        if (participant is not null) await participant.DisposeAsync();
        _reports.Writer.TryComplete();
    }

    /// <summary>From the next packet on. What is not passed on is replaced by silence in the same stream, so resuming is seamless.</summary>
    public void LetFlow(MediaFlow flow)
    {
        lock (_legs)
        {
            _flow = flow;
            if (flow.OnHold) _phone?.Audio?.Sender.StopPlaying();
            Bridge();
        }
    }

    /// <summary>Plays an announcement for a command, whose outcome is reported at its end.</summary>
    public async Task Play(CommandId command, string name)
    {
        var failure = await Announce(name, CancellationToken.None);
        Report(new CallCommand.Settle(command, failure is null ? CommandFailure.None : CommandFailure.NoAudio, failure));
    }

    /// <summary>Tells the room how the call stands, in the words of LiveKit's SIP bridge: <c>active</c> once answered.</summary>
    public void SetCallStatus(string status) =>
        _participant?.SetAttributes(new Dictionary<string, string> { ["sip.callStatus"] = status });

    void IRoomEvents.OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
    {
        // Who is there matters to the gate alone, and it looks for itself.
    }

    void IRoomEvents.OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        if (!IsAgent(track)) return;
        lock (_legs)
        {
            _agentTracks.Add(track);
            Bridge();
        }
    }

    void IRoomEvents.OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        lock (_legs)
        {
            if (_agentTracks.FindIndex(t => t.Sid == track.Sid) is not (>= 0 and var at)) return;
            if (at == 0 && _phone?.Audio is { } phone) track.Receiver.StopForwarding(phone.Sender);
            _agentTracks.RemoveAt(at);
            Bridge();
        }
    }

    void IRoomEvents.OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
    {
        if (!_closed) Report(new CallCommand.FailMedia($"the room was lost: {disconnect.Cause}, {disconnect.Detail}"));
    }

    private CallKey Name => call;

    private TimeProvider Time => host.Time;

    /// <summary>Both legs of a call share a shard, so that audio passes without leaving its thread.</summary>
    private int ShardKey => call.GetHashCode();

    /// <summary>Takes a new leg in, unless the audio was closed while it came about.</summary>
    private bool Keep(Action take)
    {
        lock (_legs)
        {
            if (_closed) return false;
            take();
            Bridge();
            return true;
        }
    }

    /// <summary>
    /// Joins what there is of the two legs. Forwarding twice is forwarding once. One agent track at a time reaches the
    /// phone, the one that came first: when it goes, the next takes over.
    /// </summary>
    private void Bridge()
    {
        if (_phone?.Audio is not { } phone || _participant is not { } room) return;
        Pass(phone.Receiver, room.Microphone, _flow.FromPhone);
        phone.Sender.FillsSilence = !_flow.FromAgent;
        if (_agentTracks is not [{ Receiver: var agent }, ..]) return;
        agent.Tap ??= new FirstPacket(agent, () => Report(new CallCommand.StartAudio(AudioDirection.FromAgent)));
        Pass(agent, phone.Sender, _flow.FromAgent);
    }

    private static void Pass(AudioReceiver from, AudioSender to, bool flows)
    {
        to.FillsSilence = !flows;
        if (flows) from.Forward(to);
        else from.StopForwarding(to);
    }

    /// <summary>Whoever speaks in the room and is no phone is the agent's side.</summary>
    private static bool IsAgent(RemoteAudioTrack track) => track.Participant.Kind is not ParticipantInfo.Types.Kind.Sip;

    private void Report(CallCommand report) => _reports.Writer.TryWrite(report);

    /// <summary>Says once that audio has come, then is out of the way.</summary>
    private sealed class FirstPacket(AudioReceiver receiver, Action seen) : IRtpTap
    {
        public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
        {
            receiver.Tap = null;
            seen();
        }
    }

    /// <summary>One connection to the phone. A replaced one has no say any more.</summary>
    private sealed class PhoneLeg(CallMedia media, string offer) : IRtcPeerEvents
    {
        public string Offer => offer;
        public string? Answer { get; set; }
        public RtcPeer Peer { get; set; } = null!;
        public AudioTransceiver? Audio { get; set; }

        private ITimer? _grace;

        private bool IsPresent => media._phone == this && !media._closed;

        public void OnStateChanged(PeerState state, string? reason)
        {
            media._logger.PhoneLeg(media.Name, state, reason);
            if (state is not (PeerState.Failed or PeerState.Closed) || !IsPresent) return;
            // A phone that hangs up closes its audio, and that is often here before GoTo's event.
            var wait = state is PeerState.Closed ? HangUpGrace : TimeSpan.Zero;
            _grace = media.Time.CreateTimer(_ => Lose($"the phone's audio connection is {state}: {reason}"), null, wait, Timeout.InfiniteTimeSpan);
        }

        public void OnFirstPacket(AudioTransceiver transceiver) =>
            media.Report(new CallCommand.StartAudio(AudioDirection.FromCaller));

        public void OnAudioFlow(AudioTransceiver transceiver, AudioFlow flow)
        {
            if (!IsPresent) return;
            media.Report(flow is AudioFlow.NothingReceived or AudioFlow.NothingEitherWay
                ? new CallCommand.LapseAudio(CallGuards.Noticed)
                : new CallCommand.ReturnAudio());
        }

        public void OnDtmf(AudioTransceiver transceiver, char digit)
        {
            if (IsPresent) media.Report(new CallCommand.ReceiveDigit(digit.ToString(), null, DigitSource.Audio));
        }

        public void OnCandidate(string candidate)
        {
            // Host candidates are all inside the answer; nothing trickles to GoTo.
        }

        private void Lose(string why)
        {
            _grace?.Dispose();
            if (IsPresent) media.Report(new CallCommand.FailMedia(why));
        }
    }
}
