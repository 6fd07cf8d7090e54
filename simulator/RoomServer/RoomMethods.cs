using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>The methods of RoomService and AgentDispatchService, with the grants they need.</summary>
internal static class RoomMethods
{
    public static void AddTo(TwirpApi api, RoomDirectory rooms, Dispatcher dispatcher)
    {
        api.Add<CreateRoomRequest>("livekit.RoomService/CreateRoom", (request, grant) =>
        {
            Need(grant.RoomCreate);
            Named(request.Name, "name");
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
            rooms.Close(Existing(rooms, request.Room), DisconnectReason.RoomDeleted);
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
        api.Add<CreateAgentDispatchRequest>("livekit.AgentDispatchService/CreateDispatch", (request, grant) =>
        {
            NeedAdmin(grant, request.Room);
            Named(request.Room, "room");
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

    private static Room Existing(RoomDirectory rooms, string name) =>
        rooms.Find(name) ?? throw TwirpRefusal.NotFound("requested room does not exist");

    private static TwirpRefusal NoParticipant() => TwirpRefusal.NotFound("participant does not exist");
}
