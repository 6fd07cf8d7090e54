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
internal sealed class CallMedia(CallKey call, MediaHost host) : IRoomEvents, IRtcPeerEvents, IAsyncDisposable
{
    private readonly ILogger _logger = host.Logs.CreateLogger<CallMedia>();
    private readonly Channel<CallCommand> _reports = Channel.CreateBounded<CallCommand>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Lock _legs = new();
    private RoomParticipant? _participant;
    private AudioReceiver? _agentAudio;
    private RtcPeer? _phone;
    private AudioTransceiver? _phoneAudio;
    private (string Offer, string Answer)? _negotiated;
    private bool _closed;

    /// <summary>What the call should know; ends when the audio is closed.</summary>
    public IAsyncEnumerable<CallCommand> Reports => _reports.Reader.ReadAllAsync();

    /// <summary>The call is in its room, and neither leg has failed.</summary>
    public bool IsOpen => !_closed && _participant is not null && _phone?.State is not (PeerState.Failed or PeerState.Closed);

    public async Task<RoomOpened> OpenRoom(RoomRequest request, CancellationToken cancellationToken)
    {
        var phone = new PhoneInRoom(call, request, host.LiveKit);
        try
        {
            await host.Rooms.CreateRoom(phone.Room(), cancellationToken);
            var joined = await RoomParticipant.Join(
                phone.Join(host.Time, ShardKey), host.Engine, this, host.Time, host.Logs, cancellationToken);
            lock (_legs)
            {
                _participant = joined;
                Bridge();
            }
            return new RoomOpened(phone.RoomName, phone.Identity, null);
        }
        catch (Exception e) when (e is TwirpException or RoomJoinException or HttpRequestException)
        {
            return new RoomOpened(phone.RoomName, phone.Identity, e.Message);
        }
    }

    /// <summary>The gate opens when the agent is heard and listens: then nothing that either says first is lost.</summary>
    public async Task<AgentArrival> AwaitAgent(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_participant is not { } room) return new AgentArrival(null, "the room is not joined");
        using var timeout = new CancellationTokenSource(limit, host.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await room.WaitUntil(r => r.IsMicrophoneSubscribed && r.Tracks.Any(IsAgent), stop.Token);
            return new AgentArrival(room.Tracks.First(IsAgent).Participant.Identity, null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new AgentArrival(null, $"no agent with audio within {limit.TotalSeconds:0.#} s");
        }
        catch (RoomDisconnectedException e)
        {
            return new AgentArrival(null, e.Message);
        }
    }

    public async Task<OfferReply> AcceptOffer(string sdpOffer)
    {
        if (_negotiated is { } done && done.Offer == sdpOffer) return new OfferReply(done.Answer, null);
        var phone = host.Engine.CreatePeer(new PeerOptions { Name = $"{call} phone", ShardKey = ShardKey }, this);
        try
        {
            var answer = await phone.AcceptOffer(sdpOffer);
            if (_phone is { } earlier) await earlier.Close();
            _negotiated = (sdpOffer, answer);
            lock (_legs)
            {
                _phone = phone;
                _phoneAudio = phone.Transceivers.First(t => t.CurrentDirection is not TransceiverDirection.Inactive);
                Bridge();
            }
            return new OfferReply(answer, null);
        }
        catch (SdpException e)
        {
            await phone.Close();
            return new OfferReply(null, e.Message);
        }
    }

    public Task AddCandidate(string candidate) => _phone is { } phone
        ? phone.AddCandidate(candidate).AsTask()
        : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        if (_phone is { } phone) await phone.Close();
        if (_participant is { } participant) await participant.DisposeAsync();
        _reports.Writer.TryComplete();
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
            if (_agentAudio is not null) return;
            _agentAudio = track.Receiver;
            track.Receiver.Tap = new FirstPacket(track.Receiver, () => Report(new CallCommand.StartAudio(AudioDirection.FromAgent)));
            Bridge();
        }
    }

    void IRoomEvents.OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        lock (_legs)
        {
            if (_agentAudio != track.Receiver) return;
            if (_phoneAudio is { } phone) track.Receiver.StopForwarding(phone.Sender);
            _agentAudio = null;
        }
    }

    void IRoomEvents.OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
    {
        if (!_closed) Report(new CallCommand.FailMedia($"the room was lost: {disconnect.Cause}, {disconnect.Detail}"));
    }

    void IRtcPeerEvents.OnStateChanged(PeerState state, string? reason)
    {
        _logger.PhoneLeg(call, state, reason);
        if (state is PeerState.Failed or PeerState.Closed && !_closed)
            Report(new CallCommand.FailMedia($"the phone's audio connection is {state}: {reason}"));
    }

    void IRtcPeerEvents.OnFirstPacket(AudioTransceiver transceiver) =>
        Report(new CallCommand.StartAudio(AudioDirection.FromCaller));

    void IRtcPeerEvents.OnCandidate(string candidate)
    {
        // Host candidates are all inside the answer; nothing trickles to GoTo.
    }

    /// <summary>Both legs of a call share a shard, so that audio passes without leaving its thread.</summary>
    private int ShardKey => call.GetHashCode();

    /// <summary>Joins what there is of the two legs. Forwarding twice is forwarding once.</summary>
    private void Bridge()
    {
        if (_phoneAudio is not { } phone || _participant is not { } room) return;
        phone.Receiver.Forward(room.Microphone);
        _agentAudio?.Forward(phone.Sender);
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
}
