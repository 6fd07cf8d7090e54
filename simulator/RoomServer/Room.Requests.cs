using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <content>What a member asks for itself, and what the API asks for it.</content>
internal sealed partial class Room
{
    public void Update(RoomMember member, UpdateParticipantMetadata update)
    {
        lock (_lock)
        {
            var response = new RequestResponse { RequestId = update.RequestId, UpdateMetadata = update };
            if (member.Info.Permission.CanUpdateMetadata)
            {
                member.Apply(update.Name, update.Metadata, update.Attributes);
                Announce(member, toItself: true);
                SendToken(member);
            }
            else
            {
                response.Reason = RequestResponse.Types.Reason.NotAllowed;
                response.Message = "does not have permission to update own metadata";
            }
            member.Send(new SignalResponse { RequestResponse = response });
        }
    }

    public void Subscribe(RoomMember member, UpdateSubscription update)
    {
        lock (_lock)
            Choose(member, update.TrackSids, update.ParticipantTracks, update.Subscribe);
    }

    /// <summary>The API subscribes a member to tracks or from them; false when it is not here.</summary>
    public bool Subscribe(UpdateSubscriptionsRequest update)
    {
        lock (_lock)
        {
            if (!_members.TryGetValue(update.Identity, out var member))
                return false;
            Choose(member, update.TrackSids, update.ParticipantTracks, update.Subscribe);
            return true;
        }
    }

    /// <summary>The API changes a member; null when it is not here.</summary>
    public ParticipantInfo? Update(UpdateParticipantRequest update)
    {
        lock (_lock)
        {
            if (!_members.TryGetValue(update.Identity, out var member))
                return null;
            member.Apply(update.Name, update.Metadata, update.Attributes);
            if (update.Permission is { } permission)
                Permit(member, permission);
            Announce(member, toItself: true);
            SendToken(member);
            return member.Info.Clone();
        }
    }

    /// <summary>
    /// The API mutes a member's track, which then stops sending; null when the member is not here, an empty answer when
    /// it has no such track.
    /// </summary>
    public MuteRoomTrackResponse? Mute(MuteRoomTrackRequest request)
    {
        lock (_lock)
        {
            if (!_members.TryGetValue(request.Identity, out var member))
                return null;
            if (member.Tracks.FirstOrDefault(track => track.Info.Sid == request.TrackSid) is not { } track)
                return new MuteRoomTrackResponse();
            if (!request.Muted && track.Info.Muted)
                throw new TwirpRefusal("failed_precondition", 412, "twirp error unknown: remote unmute not enabled");
            var mute = new MuteTrackRequest { Sid = track.Info.Sid, Muted = request.Muted };
            member.Send(new SignalResponse { Mute = mute });
            Mute(member, mute);
            return new MuteRoomTrackResponse { Track = track.Info.Clone() };
        }
    }

    public GoTo.LiveKit.Protocol.Room UpdateMetadata(string metadata)
    {
        lock (_lock)
        {
            _metadata = metadata;
            var update = new SignalResponse { RoomUpdate = new RoomUpdate { Room = Describe() } };
            foreach (var member in _members.Values)
                member.Send(update);
            return Describe();
        }
    }

    private void Permit(RoomMember member, ParticipantPermission permission)
    {
        member.Info.Permission = permission.Clone();
        if (!permission.CanPublish)
        {
            foreach (var track in member.Tracks.ToArray())
            {
                Withdraw(track);
                member.Send(new SignalResponse
                {
                    TrackUnpublished = new TrackUnpublishedResponse { TrackSid = track.Info.Sid },
                });
            }
            member.ShowTracks();
        }
        DropUnwanted(member);
        AskForOffer(member);
    }

    private void Choose(
        RoomMember member, IEnumerable<string> tracks, IEnumerable<ParticipantTracks> ofParticipants, bool subscribe)
    {
        foreach (var sid in tracks.Concat(ofParticipants.SelectMany(each => each.TrackSids)))
            member.Choose(sid, subscribe);
        DropUnwanted(member);
        AskForOffer(member);
    }

    private void DropUnwanted(RoomMember member)
    {
        foreach (var slot in member.Slots.Where(slot => slot.Track is { } track && !member.Wants(track)).ToArray())
        {
            slot.Release();
            AskForOffer(member, evenIfNothingWaits: true);
        }
    }
}
