using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <content>
/// The SFU: which track goes to whom on which m-line. Tracks are put on lines while an offer is made or answered and at
/// no other time; whatever changes in between asks for a new offer: of the member's subscriber connection, or, from a
/// member with a single connection, by media_sections_requirement.
/// </content>
internal sealed partial class Room
{
    public void AddTrack(RoomMember member, AddTrackRequest request)
    {
        lock (_lock)
        {
            if (RefusalOf(member, request) is { } refusal)
            {
                member.Send(new SignalResponse { RequestResponse = refusal });
                return;
            }
            var info = new TrackInfo
            {
                Sid = _sids.AudioTrack(),
                Type = TrackType.Audio,
                Name = request.Name,
                Muted = request.Muted,
                Source = request.Source,
                MimeType = "audio/opus",
                Stream = request.Stream,
                DisableRed = request.DisableRed,
                Codecs = { new SimulcastCodecInfo { MimeType = "audio/opus", Cid = request.Cid } },
                AudioFeatures = { request.AudioFeatures },
            };
            member.Tracks.Add(new PublishedTrack(member, request.Cid, info));
            member.Send(new SignalResponse
            {
                TrackPublished = new TrackPublishedResponse { Cid = request.Cid, Track = info.Clone() },
            });
            if (member.HasNegotiated)
                Publish(member);
        }
    }

    public void Mute(RoomMember member, MuteTrackRequest request)
    {
        lock (_lock)
        {
            if (member.Tracks.FirstOrDefault(track => track.Info.Sid == request.Sid) is not { } muted)
                return;
            muted.Info.Muted = request.Muted;
            member.ShowTracks();
            Announce(member, toItself: true);
        }
    }

    /// <summary>Before an offer is answered: our side of its lines, with tracks that wait on those that are free.</summary>
    public void BeginAnswer(RoomMember member, IReadOnlyList<OfferedAudio> offered)
    {
        lock (_lock)
        {
            member.OfferAsked = false;
            foreach (var audio in offered)
            {
                var line = member.Publisher.Transceivers.FirstOrDefault(line => line.Mid == audio.Mid)
                    ?? member.Publisher.AddTransceiver(TransceiverDirection.Inactive);
                var slot = member.Subscriber is null && audio.Receives ? SlotOn(member, line) : null;
                if (slot is { IsFree: true } && Waiting(member).FirstOrDefault() is { } track)
                    Carry(member, slot, track);
                line.Direction = audio.Answered(wantsToSend: slot?.Track is not null);
            }
        }
    }

    /// <summary>
    /// After an offer is answered: queues the answer, publishes what the member sends now, and asks for another offer if
    /// tracks are left over.
    /// </summary>
    public void CompleteAnswer(RoomMember member, SessionDescription answer)
    {
        lock (_lock)
        {
            if (!Holds(member))
                return;
            member.HasNegotiated = true;
            foreach (var slot in member.Slots.Where(slot => slot.Track is not null && member.Subscriber is null))
                answer.MidToTrackId[slot.Line.Mid!] = slot.Track!.Info.Sid;
            member.Send(new SignalResponse { Answer = answer });
            Publish(member);
            foreach (var ended in member.Tracks.Where(track => track.Line is { } line && !Receives(line)).ToArray())
            {
                Withdraw(ended);
                member.ShowTracks();
                Announce(member, toItself: true);
            }
            AskForOffer(member);
            TellFirstSubscriptions();
        }
    }

    /// <summary>Before an offer of the subscriber connection: a line for each track that waits.</summary>
    public void BeginOffer(RoomMember member)
    {
        lock (_lock)
        {
            member.OfferAsked = false;
            while (Waiting(member).FirstOrDefault() is { } track)
            {
                var slot = member.Slots.FirstOrDefault(slot => slot.IsFree)
                    ?? SlotOn(member, member.Subscriber!.AddTransceiver(TransceiverDirection.SendOnly));
                slot.Line.Direction = TransceiverDirection.SendOnly;
                Carry(member, slot, track);
            }
        }
    }

    /// <summary>After an offer of the subscriber connection is answered.</summary>
    public void CompleteOffer(RoomMember member)
    {
        lock (_lock)
        {
            if (!Holds(member))
                return;
            AskForOffer(member);
            TellFirstSubscriptions();
        }
    }

    private static RequestResponse? RefusalOf(RoomMember member, AddTrackRequest request)
    {
        var reason = RequestResponse.Types.Reason.Ok;
        if (!member.Info.Permission.CanPublish)
            reason = RequestResponse.Types.Reason.NotAllowed;
        else if (request.Type != TrackType.Audio)
            reason = RequestResponse.Types.Reason.UnsupportedType;
        else if (member.Tracks.Any(track => track.Line is null && track.Cid == request.Cid))
            reason = RequestResponse.Types.Reason.Queued;
        return reason == RequestResponse.Types.Reason.Ok
            ? null
            : new RequestResponse { Reason = reason, AddTrack = request };
    }

    // A line's track is the one whose cid is its msid's track id, else the first that has no line.
    private void Publish(RoomMember member)
    {
        var published = false;
        foreach (var line in member.Publisher.Transceivers)
        {
            if (!Receives(line) || member.Tracks.Any(track => track.Line == line))
                continue;
            var waiting = member.Tracks.Where(track => track.Line is null).ToArray();
            var track = waiting.FirstOrDefault(track => track.Cid == line.RemoteTrackId) ?? waiting.FirstOrDefault();
            if (track is null)
                continue;
            track.Line = line;
            line.Receiver.Tap = track.Loudness;
            track.Info.Mid = line.Mid ?? "";
            track.Info.Codecs[0].SdpCid = line.RemoteTrackId ?? "";
            published = true;
            _webhooks.Tell("track_published", this, member.Info, track.Info);
        }
        if (!published)
            return;
        member.ShowTracks();
        Announce(member, toItself: true);
        foreach (var other in _members.Values.Where(other => other != member))
            AskForOffer(other);
    }

    private void Withdraw(PublishedTrack track)
    {
        if (!track.Publisher.Tracks.Remove(track) || track.Line is null)
            return;
        _webhooks.Tell("track_unpublished", this, track.Publisher.Info, track.Info);
        foreach (var other in _members.Values)
        {
            foreach (var slot in other.Slots.Where(slot => slot.Track == track))
            {
                slot.Release();
                AskForOffer(other, evenIfNothingWaits: true);
            }
        }
    }

    private static ReceivingSlot SlotOn(RoomMember member, AudioTransceiver line)
    {
        if (member.Slots.FirstOrDefault(slot => slot.Line == line) is not { } slot)
            member.Slots.Add(slot = new ReceivingSlot(line));
        return slot;
    }

    private static void Carry(RoomMember member, ReceivingSlot slot, PublishedTrack track)
    {
        slot.Carry(track);
        member.Send(new SignalResponse
        {
            SubscriptionPermissionUpdate = new SubscriptionPermissionUpdate
            {
                ParticipantSid = track.Publisher.Info.Sid, TrackSid = track.Info.Sid, Allowed = true,
            },
        });
    }

    private IEnumerable<PublishedTrack> Waiting(RoomMember member) => _members.Values
        .Where(other => other != member)
        .SelectMany(other => other.Tracks)
        .Where(track => track.Line is not null && member.Wants(track)
            && member.Slots.All(slot => slot.Track != track));

    private void AskForOffer(RoomMember member, bool evenIfNothingWaits = false)
    {
        var waiting = Waiting(member).Count();
        if (!Holds(member) || (waiting == 0 && !evenIfNothingWaits))
            return;
        if (member.OfferAsked || (member.Subscriber is null && !member.HasNegotiated))
            return;
        member.OfferAsked = true;
        if (member.Subscriber is not null)
        {
            member.WantOffer();
            return;
        }
        var free = member.Slots.Count(slot => slot.IsFree);
        member.Send(new SignalResponse
        {
            MediaSectionsRequirement = new MediaSectionsRequirement { NumAudios = (uint)Math.Max(0, waiting - free) },
        });
    }

    // A track is heard once the media of both sides is connected and the subscriber has the answer that names its line.
    private void TellFirstSubscriptions()
    {
        var heard = _members.Values
            .Where(subscriber => subscriber.IsActive)
            .SelectMany(subscriber => subscriber.Slots)
            .Select(slot => slot.Track)
            .OfType<PublishedTrack>();
        foreach (var track in heard)
        {
            if (track.SubscriberTold || !track.Publisher.IsActive)
                continue;
            track.SubscriberTold = true;
            track.Publisher.Send(new SignalResponse
            {
                TrackSubscribed = new TrackSubscribed { TrackSid = track.Info.Sid },
            });
        }
    }

    private static bool Receives(AudioTransceiver line) =>
        line.CurrentDirection is TransceiverDirection.RecvOnly or TransceiverDirection.SendRecv;
}
