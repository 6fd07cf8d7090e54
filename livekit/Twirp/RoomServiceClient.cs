using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>
/// LiveKit's RoomService (livekit_room.proto): rooms and who is in them. Every method throws
/// <see cref="TwirpException"/>.
/// </summary>
public sealed class RoomServiceClient
{
    private readonly TwirpClient _twirp;

    /// <summary>A client of the given server.</summary>
    /// <param name="options">The server and its API key; must be valid.</param>
    /// <param name="http">Sends the requests; its time-out bounds each call.</param>
    /// <param name="time">The clock that tokens are signed with.</param>
    public RoomServiceClient(LiveKitOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        _twirp = new TwirpClient(options, http, time, "RoomService");
    }

    /// <summary>
    /// Creates a room and dispatches the agents it names. Idempotent: an existing room is returned with its settings
    /// unchanged.
    /// </summary>
    /// <param name="request">Name, time-outs in seconds, metadata, agents.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<Room> CreateRoom(CreateRoomRequest request, CancellationToken cancellationToken = default) =>
        _twirp.Call("CreateRoom", request, new VideoGrant { RoomCreate = true }, Room.Parser, cancellationToken);

    /// <summary>Lists rooms.</summary>
    /// <param name="names">Only these; null or empty means all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<Room>> ListRooms(
        IEnumerable<string>? names = null, CancellationToken cancellationToken = default)
    {
        var request = new ListRoomsRequest();
        request.Names.AddRange(names ?? []);
        var grant = new VideoGrant { RoomList = true };
        return (await _twirp.Call("ListRooms", request, grant, ListRoomsResponse.Parser, cancellationToken)).Rooms;
    }

    /// <summary>
    /// Deletes a room and disconnects everybody in it. Not found (<see cref="TwirpErrorCode.NotFound"/>) when absent.
    /// </summary>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task DeleteRoom(string room, CancellationToken cancellationToken = default) =>
        _twirp.Call("DeleteRoom", new DeleteRoomRequest { Room = room }, new VideoGrant { RoomCreate = true },
            DeleteRoomResponse.Parser, cancellationToken);

    /// <summary>Lists who is in a room; empty when the room does not exist.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<ParticipantInfo>> ListParticipants(
        string room, CancellationToken cancellationToken = default)
    {
        var request = new ListParticipantsRequest { Room = room };
        var answer = await _twirp.Call(
            "ListParticipants", request, Admin(room), ListParticipantsResponse.Parser, cancellationToken);
        return answer.Participants;
    }

    /// <summary>Describes one participant.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="identity">The participant's identity.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<ParticipantInfo> GetParticipant(
        string room, string identity, CancellationToken cancellationToken = default) =>
        _twirp.Call("GetParticipant", new RoomParticipantIdentity { Room = room, Identity = identity }, Admin(room),
            ParticipantInfo.Parser, cancellationToken);

    /// <summary>Disconnects a participant (reason PARTICIPANT_REMOVED); its token stays valid.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="identity">The participant's identity.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task RemoveParticipant(string room, string identity, CancellationToken cancellationToken = default) =>
        _twirp.Call("RemoveParticipant", new RoomParticipantIdentity { Room = room, Identity = identity }, Admin(room),
            RemoveParticipantResponse.Parser, cancellationToken);

    private static VideoGrant Admin(string room) => new() { RoomAdmin = true, Room = room };
}
