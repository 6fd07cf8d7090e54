using Google.Protobuf;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>
/// LiveKit's RoomService (livekit_room.proto): rooms and who is in them. Every method throws
/// <see cref="TwirpException"/>, after what fails for the moment has been tried three times within a second.
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

    /// <summary>
    /// Mutes or unmutes a published track; unmuting is refused (<see cref="TwirpErrorCode.FailedPrecondition"/>) unless
    /// the server is set to allow it.
    /// </summary>
    /// <param name="request">Room, identity, track and whether to mute.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The track, or null when there is none of that sid.</returns>
    public async Task<TrackInfo?> MutePublishedTrack(
        MuteRoomTrackRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await _twirp.Call(
            "MutePublishedTrack", request, Admin(request.Room), MuteRoomTrackResponse.Parser, cancellationToken);
        return answer.Track;
    }

    /// <summary>
    /// Changes a participant's name, metadata, attributes or permission. An empty text leaves what there is; an
    /// attribute with an empty value is removed, the others are merged.
    /// </summary>
    /// <param name="request">Room, identity and the changes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<ParticipantInfo> UpdateParticipant(
        UpdateParticipantRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _twirp.Call(
            "UpdateParticipant", request, Admin(request.Room), ParticipantInfo.Parser, cancellationToken);
    }

    /// <summary>Subscribes a participant to tracks, or no longer.</summary>
    /// <param name="request">Room, identity and tracks.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task UpdateSubscriptions(
        UpdateSubscriptionsRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _twirp.Call(
            "UpdateSubscriptions", request, Admin(request.Room), UpdateSubscriptionsResponse.Parser, cancellationToken);
    }

    /// <summary>
    /// Sends data to participants. A nonce is added where there is none, so that a
    /// repetition arrives once.
    /// </summary>
    /// <param name="request">Room, data, kind, topic, and who gets it; everybody when nobody is named.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task SendData(SendDataRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Nonce.IsEmpty)
            request.Nonce = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        return _twirp.Call("SendData", request, Admin(request.Room), SendDataResponse.Parser, cancellationToken);
    }

    /// <summary>Sets the room's metadata.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="metadata">Free text that participants see.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<Room> UpdateRoomMetadata(
        string room, string metadata, CancellationToken cancellationToken = default) =>
        _twirp.Call("UpdateRoomMetadata", new UpdateRoomMetadataRequest { Room = room, Metadata = metadata },
            Admin(room), Room.Parser, cancellationToken);

    /// <summary>Lets a participant's tracks be heard in another room, too.</summary>
    /// <param name="room">The participant's room.</param>
    /// <param name="identity">The participant's identity.</param>
    /// <param name="destination">The other room.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task ForwardParticipant(
        string room, string identity, string destination, CancellationToken cancellationToken = default) =>
        _twirp.Call(
            "ForwardParticipant",
            new ForwardParticipantRequest { Room = room, Identity = identity, DestinationRoom = destination },
            Admin(room) with { DestinationRoom = destination }, ForwardParticipantResponse.Parser, cancellationToken);

    /// <summary>Moves a participant to another room.</summary>
    /// <param name="room">The participant's room.</param>
    /// <param name="identity">The participant's identity.</param>
    /// <param name="destination">The other room.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task MoveParticipant(
        string room, string identity, string destination, CancellationToken cancellationToken = default) =>
        _twirp.Call(
            "MoveParticipant",
            new MoveParticipantRequest { Room = room, Identity = identity, DestinationRoom = destination },
            Admin(room) with { DestinationRoom = destination }, MoveParticipantResponse.Parser, cancellationToken);

    /// <summary>Calls a method of a participant, once: it may do something.</summary>
    /// <param name="request">Room, whose method, method, payload, time-out.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The answer.</returns>
    public async Task<string> PerformRpc(PerformRpcRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await _twirp.Call(
            "PerformRpc", request, Admin(request.Room), PerformRpcResponse.Parser, cancellationToken, mayRepeat: false);
        return answer.Payload;
    }

    private static VideoGrant Admin(string room) => new() { RoomAdmin = true, Room = room };
}
