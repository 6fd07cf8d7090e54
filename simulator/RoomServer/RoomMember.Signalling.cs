using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <content>All that happens to a member, one after the other.</content>
internal sealed partial class RoomMember
{
    // How long a client may take to answer an offer of the server's.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    // With the seconds until a connection counts as disconnected, about the 21 s of LiveKit's server.
    private static readonly TimeSpan MediaLossTimeout = TimeSpan.FromSeconds(14);

    private readonly Dictionary<SignalTarget, string> _candidates = [];
    private bool _connected;
    private uint _offerId;
    private bool _offerOutstanding;
    private bool _offerWanted;
    private ITimer? _answerTimer;
    private ITimer? _lossTimer;

    private async Task Run(TimeSpan mediaTimeout)
    {
        var patience = Timer(new MemberInput.MediaDue(), mediaTimeout);
        var tokens = Timer(new MemberInput.TokenDue(), TokenInterval, TokenInterval);
        await using (patience)
        await using (tokens)
        {
            await foreach (var input in _inbox.Reader.ReadAllAsync())
            {
                try
                {
                    await Handle(input);
                }
                catch (SdpException e)
                {
                    _logger.OfferRefused(_room.Name, Info.Identity, e.Message);
                    _room.Leave(
                        this, DisconnectReason.StateMismatch, tell: true, LeaveRequest.Types.Action.Reconnect);
                }
                catch (InvalidOperationException) when (Publisher.State is PeerState.Failed or PeerState.Closed
                    || Subscriber?.State is PeerState.Failed or PeerState.Closed)
                {
                    // The end of the media is in the queue already.
                }
            }
        }
        _answerTimer?.Dispose();
        _lossTimer?.Dispose();
        await Publisher.Close();
        if (Subscriber is not null)
            await Subscriber.Close();
    }

    private async Task Handle(MemberInput input)
    {
        switch (input)
        {
            case MemberInput.Message(var message):
                await Handle(message);
                break;
            case MemberInput.MediaState(var target, PeerState.Connected):
                _lossTimer?.Dispose();
                _lossTimer = null;
                // The subscriber connection is the primary one where there is one.
                if (Subscriber is null || target == SignalTarget.Subscriber)
                {
                    _connected = true;
                    _room.BecameActive(this);
                    _room.Rate(this, ConnectionQuality.Excellent);
                }
                break;
            case MemberInput.MediaState(_, PeerState.Disconnected):
                _room.Rate(this, ConnectionQuality.Lost);
                _lossTimer ??= Timer(new MemberInput.MediaLost(), MediaLossTimeout);
                break;
            case MemberInput.MediaLost when Publisher.State is PeerState.Disconnected
                || Subscriber?.State is PeerState.Disconnected:
                _room.Leave(
                    this, DisconnectReason.ConnectionTimeout, tell: true, LeaveRequest.Types.Action.Resume);
                break;
            case MemberInput.MediaState(_, PeerState.Failed or PeerState.Closed):
                _room.Leave(
                    this, DisconnectReason.ConnectionTimeout, tell: true, LeaveRequest.Types.Action.Resume);
                break;
            case MemberInput.Candidate(var target, var candidate):
                Trickle(target, candidate);
                break;
            case MemberInput.Data(var packet, var isReliable):
                Forward(packet, isReliable);
                break;
            case MemberInput.OfferWanted(var iceRestart):
                await Offer(iceRestart);
                break;
            case MemberInput.AnswerDue(var id) when _offerOutstanding && id == _offerId:
                _room.Leave(this, DisconnectReason.StateMismatch, tell: true, LeaveRequest.Types.Action.Reconnect);
                break;
            // With its media connected, a member stays although its socket is gone, until the media goes too.
            case MemberInput.SessionEnded(var session) when session == _session && !_connected:
                _room.Leave(this, DisconnectReason.SignalClose, tell: false);
                break;
            case MemberInput.MediaDue when !_connected:
                _room.Leave(this, DisconnectReason.JoinFailure, tell: true);
                break;
            case MemberInput.TokenDue:
                _room.RefreshToken(this);
                break;
        }
    }

    private async Task Handle(SignalRequest message)
    {
        switch (message.MessageCase)
        {
            case SignalRequest.MessageOneofCase.Offer:
                _room.BeginAnswer(this, OfferedAudio.Read(message.Offer.Sdp));
                var sdp = VideoLines.KeepOpen(message.Offer.Sdp, await Publisher.AcceptOffer(message.Offer.Sdp));
                _room.CompleteAnswer(
                    this, new SessionDescription { Type = "answer", Sdp = sdp, Id = message.Offer.Id });
                break;
            case SignalRequest.MessageOneofCase.Answer when Subscriber is not null:
                await TakeAnswer(message.Answer);
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
            case SignalRequest.MessageOneofCase.Subscription:
                _room.Subscribe(this, message.Subscription);
                break;
            case SignalRequest.MessageOneofCase.SyncState when message.SyncState.Subscription is { } chosen:
                _room.Subscribe(this, chosen);
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

    private void Forward(byte[] packet, bool isReliable)
    {
        try
        {
            _room.Forward(this, DataPacket.Parser.ParseFrom(packet), isReliable);
        }
        catch (InvalidProtocolBufferException)
        {
            _logger.MalformedMessage(_room.Name, Info.Identity);
        }
    }

    // One offer at a time, each with a new id.
    private async Task Offer(bool iceRestart)
    {
        if (_offerOutstanding && !iceRestart)
        {
            _offerWanted = true;
            return;
        }
        _room.BeginOffer(this);
        var sdp = await Subscriber!.CreateOffer(iceRestart);
        _offerOutstanding = true;
        _offerId++;
        Send(new SignalResponse { Offer = new SessionDescription { Type = "offer", Sdp = sdp, Id = _offerId } });
        _answerTimer?.Dispose();
        _answerTimer = Timer(new MemberInput.AnswerDue(_offerId), AnswerTimeout);
    }

    private async Task TakeAnswer(SessionDescription answer)
    {
        if (!_offerOutstanding || (answer.Id != 0 && answer.Id != _offerId))
            return;
        await Subscriber!.AcceptAnswer(answer.Sdp);
        _offerOutstanding = false;
        _room.CompleteOffer(this);
        if (!_offerWanted)
            return;
        _offerWanted = false;
        await Offer(iceRestart: false);
    }

    private async Task Take(TrickleRequest trickle)
    {
        var peer = trickle.Target == SignalTarget.Subscriber ? Subscriber : Publisher;
        if (peer is not null && TrickleCandidate.Read(trickle.CandidateInit) is { } candidate)
            await peer.AddCandidate(candidate);
    }

    // The last candidate says that it is the last; an empty one for that is nothing a client can read.
    private void Trickle(SignalTarget target, string candidate)
    {
        if (_candidates.Remove(target, out var former))
        {
            Send(new SignalResponse
            {
                Trickle = new TrickleRequest
                {
                    CandidateInit = TrickleCandidate.Write(former), Target = target, Final = candidate.Length == 0,
                },
            });
        }
        if (candidate.Length > 0)
            _candidates[target] = candidate;
    }

    private ITimer Timer(MemberInput input, TimeSpan due, TimeSpan? period = null) => _time.CreateTimer(
        _ => _inbox.Writer.TryWrite(input), null, due, period ?? Timeout.InfiniteTimeSpan);

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
