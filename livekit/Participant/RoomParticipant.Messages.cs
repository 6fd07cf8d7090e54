using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <content>What the server says, and what of it is told on: participants, speakers, subscribed tracks.</content>
public sealed partial class RoomParticipant
{
    private async ValueTask<RoomDisconnect?> Handle(
        SignalResponse message, SignalSocket socket)
    {
        switch (message.MessageCase)
        {
            case SignalResponse.MessageOneofCase.Answer:
                await TakeAnswer(message.Answer, socket).ConfigureAwait(false);
                return null;
            case SignalResponse.MessageOneofCase.Offer when _session.Subscriber is { } subscriber:
                await TakeOffer(message.Offer, subscriber, socket).ConfigureAwait(false);
                return null;
            case SignalResponse.MessageOneofCase.Trickle:
                var peer = message.Trickle.Target == SignalTarget.Subscriber && _session.Subscriber is { } receiving
                    ? receiving
                    : _session.Peer;
                if (TrickleCandidate.Read(message.Trickle.CandidateInit) is { } candidate)
                    await peer.AddCandidate(candidate).ConfigureAwait(false);
                if (message.Trickle.Final)
                    await peer.AddCandidate("").ConfigureAwait(false);
                return null;
            case SignalResponse.MessageOneofCase.Update:
                Apply(message.Update.Participants);
                return null;
            case SignalResponse.MessageOneofCase.TrackPublished:
                if (message.TrackPublished.Cid == _options.TrackCid)
                {
                    _session.Published = message.TrackPublished;
                    MicrophoneSid = message.TrackPublished.Track?.Sid ?? "";
                }
                return null;
            case SignalResponse.MessageOneofCase.RefreshToken:
                _refreshedToken = message.RefreshToken;
                return null;
            case SignalResponse.MessageOneofCase.TrackSubscribed:
                _microphoneSubscribed |= message.TrackSubscribed.TrackSid == MicrophoneSid || MicrophoneSid.Length == 0;
                return null;
            case SignalResponse.MessageOneofCase.MediaSectionsRequirement:
                for (var i = 0; i < message.MediaSectionsRequirement.NumAudios; i++)
                    _session.Peer.AddTransceiver(TransceiverDirection.RecvOnly);
                _session.OfferWanted = true;
                await OfferIfWanted(socket).ConfigureAwait(false);
                return null;
            case SignalResponse.MessageOneofCase.SpeakersChanged:
                Apply(message.SpeakersChanged);
                return null;
            case SignalResponse.MessageOneofCase.PongResp:
                _lastRoundTrip = Math.Max(0, Now() - message.PongResp.LastPingTimestamp);
                return null;
            case SignalResponse.MessageOneofCase.RequestResponse:
                if (message.RequestResponse.Reason is not (
                    RequestResponse.Types.Reason.Ok or RequestResponse.Types.Reason.Queued))
                    _logger.RequestRefused(
                        _options.Name, message.RequestResponse.Reason, message.RequestResponse.Message);
                return null;
            case SignalResponse.MessageOneofCase.Leave:
                return new RoomDisconnect(
                    RoomDisconnectCause.ServerLeave, message.Leave.Reason, message.Leave.Action,
                    "The server sent leave.");
            default:
                return null;
        }
    }

    private void Apply(IReadOnlyCollection<ParticipantInfo> infos)
    {
        if (infos.FirstOrDefault(info => info.Sid == Sid) is { } self)
            _state = self.State;
        var changes = infos
            .Select(info => _table.Apply(info))
            .OfType<(RemoteParticipant Participant, ParticipantChange Change)>()
            .ToList();
        _participants = _table.BySid;
        foreach (var (participant, change) in changes.Where(each => each.Change != ParticipantChange.Left))
            Tell(participant, change);
        TellOfSubscriptions();
        foreach (var (participant, change) in changes.Where(each => each.Change == ParticipantChange.Left))
        {
            ForgetDataOf(participant);
            Tell(participant, change);
        }
    }

    /// <summary>Only those are named whose speaking has changed.</summary>
    private void Apply(SpeakersChanged change)
    {
        foreach (var speaker in change.Speakers)
        {
            var identity = speaker.Sid == Sid ? Identity : _participants.GetValueOrDefault(speaker.Sid)?.Identity;
            if (identity is null) continue;
            if (speaker.Active) _levels[identity] = speaker.Level;
            else _levels.Remove(identity);
        }
        var speakers = _levels.OrderByDescending(each => each.Value).Select(each => each.Key).ToList();
        Raise(() => _events.OnSpeakers(this, speakers));
    }

    private void Tell(RemoteParticipant participant, ParticipantChange change)
    {
        _logger.Participant(_options.Name, participant.Identity, change, participant.State);
        Raise(() => _events.OnParticipant(this, participant, change));
    }

    private void TellOfSubscriptions()
    {
        var (ended, begun) = _session.Subscriptions.Reconcile(_table);
        Volatile.Write(ref _tracks, _session.Subscriptions.Tracks);
        foreach (var track in ended)
        {
            _logger.Unsubscribed(_options.Name, track.Sid, track.Participant.Identity);
            Raise(() => _events.OnTrackUnsubscribed(this, track));
        }
        foreach (var track in begun)
        {
            _logger.Subscribed(_options.Name, track.Sid, track.Participant.Identity);
            Raise(() => _events.OnTrackSubscribed(this, track));
        }
    }
}
