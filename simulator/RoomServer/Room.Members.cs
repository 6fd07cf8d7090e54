using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <content>Who comes, comes back and goes, and what each is told then.</content>
internal sealed partial class Room
{
    /// <summary>
    /// Takes a participant in, evicting one of the same identity, and queues its first message; null when the room has
    /// just closed.
    /// </summary>
    public RoomMember? Admit(JoinParameters join, SignalSession session, RtcEngine engine)
    {
        lock (_lock)
        {
            if (_closed)
                return null;
            if (_members.TryGetValue(join.Identity, out var former))
                Part(former, DisconnectReason.DuplicateIdentity, tell: true);
            var member = new RoomMember(this, _sids.Participant(), join, session, engine, _time, _logger);
            _members.Add(member.Info.Identity, member);
            _everJoined |= member.KeepsRoomOpen;
            ScheduleEnd();
            member.Send(new SignalResponse { Join = JoinResponse(member) });
            SendToken(member);
            foreach (var track in join.Request.AddTrackRequests)
                AddTrack(member, track);
            Announce(member, toItself: false);
            member.Begin(_options.MediaTimeout);
            return member;
        }
    }

    /// <summary>
    /// Goes on with a member whose signalling socket was lost, and tells it how things stand; null when it is not there.
    /// </summary>
    public RoomMember? Resume(JoinParameters join, SignalSession session)
    {
        lock (_lock)
        {
            if (_members.GetValueOrDefault(join.Identity) is not { } member
                || member.Info.Sid != join.Request.ParticipantSid)
                return null;
            _logger.MemberResumed(Name, member.Info.Identity, member.Info.Sid);
            member.Resume(session);
            member.OfferAsked = false;
            member.Send(new SignalResponse
            {
                Reconnect = new ReconnectResponse
                {
                    ServerInfo = RoomServer.Info.Clone(), LastMessageSeq = member.LastSequence,
                    IceServers = { IceServers },
                },
            });
            var everybody = new ParticipantUpdate();
            everybody.Participants.AddRange(_members.Values
                .Where(other => other == member || !other.IsHidden).Select(other => other.Info.Clone()));
            member.Send(new SignalResponse { Update = everybody });
            member.Send(new SignalResponse { RoomUpdate = new RoomUpdate { Room = Describe() } });
            SendToken(member);
            if (member.Subscriber is not null)
                member.WantOffer(iceRestart: true);
            else
                AskForOffer(member);
            return member;
        }
    }

    public void RefreshToken(RoomMember member)
    {
        lock (_lock)
            SendToken(member);
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

    /// <summary>Sends a member away with an action, or has it come back; false when it is not here.</summary>
    public bool Dismiss(string identity, DisconnectReason reason, LeaveRequest.Types.Action action)
    {
        lock (_lock)
        {
            if (!_members.TryGetValue(identity, out var member))
                return false;
            if (action == LeaveRequest.Types.Action.Resume)
                member.AskToResume(reason);
            else
                Part(member, reason, tell: true, action);
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

    public void BecameActive(RoomMember member)
    {
        lock (_lock)
        {
            if (!Holds(member) || member.IsActive)
                return;
            member.Info.State = ParticipantInfo.Types.State.Active;
            Announce(member, toItself: true);
            _webhooks.Tell("participant_joined", this, member.Info);
            TellQualities(member);
            TellFirstSubscriptions();
        }
    }

    private void Part(
        RoomMember member, DisconnectReason reason, bool tell,
        LeaveRequest.Types.Action action = LeaveRequest.Types.Action.Disconnect)
    {
        if (!Holds(member))
            return;
        _members.Remove(member.Info.Identity);
        _speakers.Remove(member.Info.Sid);
        _logger.MemberLeft(Name, member.Info.Identity, member.Info.Sid, reason);
        foreach (var slot in member.Slots)
            slot.Release();
        foreach (var track in member.Tracks.ToArray())
            Withdraw(track);
        var wasActive = member.IsActive;
        member.Info.State = ParticipantInfo.Types.State.Disconnected;
        member.Info.DisconnectReason = reason;
        Announce(member, toItself: false);
        member.End(tell ? new LeaveRequest { Reason = reason, Action = action } : null);
        ScheduleEnd();
        if (action != LeaveRequest.Types.Action.Reconnect)
            _departed(this, member.Info);
        _webhooks.Tell(wasActive ? "participant_left" : "participant_connection_aborted", this, member.Info);
    }

    private bool Holds(RoomMember member) => _members.GetValueOrDefault(member.Info.Identity) == member;

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

    // What it says is what the member has become: a client that reconnects with it keeps its attributes.
    private void SendToken(RoomMember member)
    {
        var permission = member.Info.Permission;
        var token = member.Token.Token with
        {
            Name = member.Info.Name,
            Metadata = member.Info.Metadata,
            Attributes = member.Info.Attributes.ToDictionary(),
            Video = member.Token.Token.Video! with
            {
                CanSubscribe = permission.CanSubscribe,
                CanPublish = permission.CanPublish,
                CanPublishData = permission.CanPublishData,
                CanPublishSources = permission.CanPublishSources,
                CanUpdateOwnMetadata = permission.CanUpdateMetadata,
                Hidden = permission.Hidden,
            },
            ValidFor = RefreshLife,
        };
        member.Send(new SignalResponse { RefreshToken = token.Sign(_options.ApiKey, _options.ApiSecret, _time) });
    }

    private IEnumerable<ICEServer> IceServers => _options.IceServers.Select(server => new ICEServer
    {
        Urls = { server.Url }, Username = server.Username ?? "", Credential = server.Credential ?? "",
    });

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
            SubscriberPrimary = member.Subscriber is not null,
            FastPublish = true,
            EnabledPublishCodecs = { new Codec { Mime = "audio/opus" } },
            IceServers = { IceServers },
        };
        join.OtherParticipants.AddRange(_members.Values
            .Where(other => other != member && !other.IsHidden)
            .Select(other => other.Info.Clone()));
        return join;
    }
}
