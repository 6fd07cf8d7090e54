using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>The methods of RoomService and AgentDispatchService, with the grants they need.</summary>
internal static class RoomMethods
{
    private const int LongestText = 64_000;

    public static void AddTo(TwirpApi api, RoomDirectory rooms, Dispatcher dispatcher, RoomFaults faults)
    {
        api.Add<CreateRoomRequest>("livekit.RoomService/CreateRoom", (request, grant) =>
        {
            Need(grant.RoomCreate);
            Named(request.Name, "name");
            if (request.Agents.Count > 0)
                MayFail(faults);
            return rooms.Create(RoomSettings.From(request)).Describe();
        });
        api.Add<ListRoomsRequest>("livekit.RoomService/ListRooms", (request, grant) =>
        {
            Need(grant.RoomList);
            var answer = new ListRoomsResponse();
            answer.Rooms.AddRange(rooms.All
                .Where(room => request.Names.Count == 0 || request.Names.Contains(room.Name))
                .Select(room => room.Describe()));
            return answer;
        });
        api.Add<DeleteRoomRequest>("livekit.RoomService/DeleteRoom", (request, grant) =>
        {
            Need(grant.RoomCreate);
            _ = rooms.Close(Existing(rooms, request.Room), DisconnectReason.RoomDeleted);
            return new DeleteRoomResponse();
        });
        api.Add<ListParticipantsRequest>("livekit.RoomService/ListParticipants", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            var answer = new ListParticipantsResponse();
            answer.Participants.AddRange(rooms.Find(request.Room)?.DescribeMembers() ?? []);
            return answer;
        });
        api.Add<RoomParticipantIdentity>("livekit.RoomService/GetParticipant", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            return rooms.Find(request.Room)?.DescribeMember(request.Identity) ?? throw NoParticipant();
        });
        api.Add<RoomParticipantIdentity>("livekit.RoomService/RemoveParticipant", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            return rooms.Find(request.Room)?.Expel(request.Identity) == true
                ? new RemoveParticipantResponse()
                : throw NoParticipant();
        });
        api.Add<UpdateParticipantRequest>("livekit.RoomService/UpdateParticipant", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            Short(request.Metadata, "metadata");
            Short(string.Concat(request.Attributes.Select(each => each.Key + each.Value)), "attributes");
            return rooms.Find(request.Room)?.Update(request) ?? throw TwirpRefusal.NoResponse();
        });
        api.Add<MuteRoomTrackRequest>("livekit.RoomService/MutePublishedTrack", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            return rooms.Find(request.Room)?.Mute(request) ?? throw TwirpRefusal.NoResponse();
        });
        api.Add<UpdateSubscriptionsRequest>("livekit.RoomService/UpdateSubscriptions", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            return rooms.Find(request.Room)?.Subscribe(request) == true
                ? new UpdateSubscriptionsResponse()
                : throw TwirpRefusal.NoResponse();
        });
        api.Add<SendDataRequest>("livekit.RoomService/SendData", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            if (request.Nonce.Length is not (0 or 16))
                throw TwirpRefusal.Invalid("nonce should be 16-bytes or not present");
            (rooms.Find(request.Room) ?? throw TwirpRefusal.NoResponse()).SendData(request);
            return new SendDataResponse();
        });
        api.Add<PerformRpcRequest>("livekit.RoomService/PerformRpc", async (request, grant, stop) =>
        {
            NeedAdmin(grant, request.Room);
            var room = rooms.Find(request.Room) ?? throw TwirpRefusal.NoResponse();
            try
            {
                var response = await room.PerformRpc(request, stop) ?? throw TwirpRefusal.NoResponse();
                return response.Error is { } error
                    ? throw new TwirpRefusal("unknown", 500, $"{error.Code}: {error.Message}")
                    : new PerformRpcResponse { Payload = response.Payload };
            }
            catch (TimeoutException)
            {
                throw new TwirpRefusal("deadline_exceeded", 408, "the participant has not answered in time");
            }
        });
        api.Add<UpdateRoomMetadataRequest>("livekit.RoomService/UpdateRoomMetadata", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            Short(request.Metadata, "metadata");
            return Existing(rooms, request.Room).UpdateMetadata(request.Metadata);
        });
        api.Add<ForwardParticipantRequest>("livekit.RoomService/ForwardParticipant", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            Need(grant.DestinationRoom == request.DestinationRoom);
            throw TwirpRefusal.Unimplemented("participants are not forwarded: this server has one node");
        });
        api.Add<MoveParticipantRequest>("livekit.RoomService/MoveParticipant", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            Need(grant.DestinationRoom == request.DestinationRoom);
            throw TwirpRefusal.Unimplemented("participants are not moved: let the participant join the other room");
        });
        api.Add<CreateAgentDispatchRequest>("livekit.AgentDispatchService/CreateDispatch", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            Named(request.Room, "room");
            MayFail(faults);
            var room = rooms.Create(new RoomSettings { Name = request.Room, ImplicitDispatch = false });
            return dispatcher.Dispatch(room, new RoomAgentDispatch
            {
                AgentName = request.AgentName,
                Metadata = request.Metadata,
                RestartPolicy = request.RestartPolicy,
                Deployment = request.Deployment,
                Attributes = { request.Attributes },
            });
        });
        api.Add<DeleteAgentDispatchRequest>("livekit.AgentDispatchService/DeleteDispatch", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            return dispatcher.Withdraw(request.Room, request.DispatchId)
                ?? throw TwirpRefusal.NotFound("dispatch does not exist");
        });
        api.Add<ListAgentDispatchRequest>("livekit.AgentDispatchService/ListDispatch", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            var answer = new ListAgentDispatchResponse();
            answer.AgentDispatches.AddRange(dispatcher.Of(request.Room)
                .Where(dispatch => request.DispatchId.Length == 0 || dispatch.Id == request.DispatchId));
            return answer;
        });
    }

    private static void MayFail(RoomFaults faults)
    {
        if (faults.Refuses())
            throw new TwirpRefusal("internal", 500, "the dispatch failed, as was ordered");
    }

    private static void Need(bool granted)
    {
        if (!granted)
            throw TwirpRefusal.Denied();
    }

    private static void NeedAdmin(VideoGrant grant, string room) => Need(grant.RoomAdmin && grant.Room == room);

    private static void Named(string value, string field)
    {
        if (value.Length is 0 or > 256)
            throw TwirpRefusal.Invalid($"{field} must have 1 to 256 characters");
    }

    private static void Short(string value, string field)
    {
        if (value.Length > LongestText)
            throw TwirpRefusal.Invalid($"{field} size exceeds limits ({LongestText})");
    }

    private static Room Existing(RoomDirectory rooms, string name) =>
        rooms.Find(name) ?? throw TwirpRefusal.NotFound("requested room does not exist");

    private static TwirpRefusal NoParticipant() => TwirpRefusal.NotFound("participant does not exist");
}
