using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.Numbers;

namespace GoTo.Media;

/// <summary>
/// How a phone looks to the room: as LiveKit's own SIP bridge would make it look, so that an agent written for LiveKit
/// telephony works unchanged (kind <c>sip</c>, <c>sip.*</c> attributes).
/// </summary>
internal sealed class PhoneInRoom(CallKey call, RoomRequest request, LiveKitOptions options)
{
    private const string IdentityPrefix = "phone-";

    private readonly RoomPolicy _policy = request.Registration?.Room ?? new RoomPolicy();

    public string RoomName => request.Existing ?? (request.Registration?.RoomName ?? NumberRegistration.DefaultRoomName)
        .Replace("{call}", call.CallId, StringComparison.Ordinal)
        .Replace("{tenant}", request.Tenant, StringComparison.Ordinal)
        .Replace("{agent}", request.Agent, StringComparison.Ordinal);

    public string Identity => $"{IdentityPrefix}{call.CallId}";

    /// <summary>Whether a participant is the phone of one of our calls.</summary>
    public static bool IsOurs(RemoteParticipant other) => other.Kind is ParticipantInfo.Types.Kind.Sip
        && other.Identity.StartsWith(IdentityPrefix, StringComparison.Ordinal);

    /// <summary>The room, with the number's agent dispatched to it.</summary>
    public CreateRoomRequest Room()
    {
        var room = new CreateRoomRequest
        {
            Name = RoomName,
            Metadata = _policy.Metadata ?? "",
            EmptyTimeout = (uint)_policy.EmptyTimeout.TotalSeconds,
            DepartureTimeout = (uint)_policy.DepartureTimeout.TotalSeconds,
        };
        if (request is { Agent: { } agent, DispatchDue: false }) room.Agents.Add(new RoomAgentDispatch { AgentName = agent, Metadata = Metadata() });
        return room;
    }

    /// <summary>One more agent for the room.</summary>
    public CreateAgentDispatchRequest Dispatch(string agent) => new() { Room = RoomName, AgentName = agent, Metadata = Metadata() };

    public JoinOptions Join(TimeProvider time, int shardKey, IReadOnlyDictionary<string, RpcHandler> methods) => new()
    {
        Url = options.Url!,
        CertificateValidation = options.CertificateValidation,
        Token = Signed(time),
        RenewToken = () => Signed(time),
        Rpc = methods,
        Name = $"{call} room",
        TrackName = "phone",
        ShardKey = shardKey,
    };

    private string Signed(TimeProvider time) => Token().Sign(options.ApiKey!, options.ApiSecret!, time);

    private AccessToken Token() => new()
    {
        Identity = Identity,
        Name = _policy.ParticipantName,
        Kind = ParticipantInfo.Types.Kind.Sip,
        Attributes = Attributes(),
        Video = new VideoGrant
        {
            RoomJoin = true, Room = RoomName, CanPublish = true, CanSubscribe = true, CanPublishData = true,
            CanUpdateOwnMetadata = true,
        },
    };

    private Dictionary<string, string> Attributes()
    {
        var (theirs, ours) = request.Outbound ? (request.To, request.From) : (request.From, request.To);
        var attributes = new Dictionary<string, string>
        {
            ["sip.callID"] = call.CallId, [SipCallStatus.Attribute] = request.SipStatus, ["sip.trunkPhoneNumber"] = ours,
        };
        if (!_policy.HidesNumber) attributes["sip.phoneNumber"] = theirs;
        return attributes;
    }

    /// <summary>What the agent is told with the dispatch, as JSON. What is registered with the number cannot overwrite the call's own.</summary>
    private string Metadata()
    {
        var told = new Dictionary<string, string>(request.Registration?.Metadata ?? new Dictionary<string, string>())
        {
            ["call"] = call.ToString(), ["tenant"] = request.Tenant, ["from"] = request.From, ["to"] = request.To,
        };
        if (_policy.HidesNumber) told.Remove(request.Outbound ? "to" : "from");
        if (request is { Outbound: false, Registration.Greeting: { } greeting }) told["greeting"] = greeting;
        if (request.Registration?.Language is { } language) told["language"] = language;
        return System.Text.Json.JsonSerializer.Serialize(told);
    }
}
