using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>
/// The <c>video</c> claim of an access token: what its holder may do with rooms. A flag left out is false, except the
/// nullable ones, whose absence means what their documentation says (livekit/protocol auth/grants.go).
/// </summary>
public sealed record VideoGrant
{
    /// <summary>May create and delete rooms.</summary>
    public bool RoomCreate { get; init; }

    /// <summary>May list rooms.</summary>
    public bool RoomList { get; init; }

    /// <summary>May record rooms.</summary>
    public bool RoomRecord { get; init; }

    /// <summary>May administer the room named by <see cref="Room"/>.</summary>
    public bool RoomAdmin { get; init; }

    /// <summary>May join the room named by <see cref="Room"/>.</summary>
    public bool RoomJoin { get; init; }

    /// <summary>The room that <see cref="RoomJoin"/> and <see cref="RoomAdmin"/> are about.</summary>
    public string? Room { get; init; }

    /// <summary>May publish tracks; absent means yes.</summary>
    public bool? CanPublish { get; init; }

    /// <summary>May subscribe to tracks; absent means yes.</summary>
    public bool? CanSubscribe { get; init; }

    /// <summary>May publish data; absent means as <see cref="CanPublish"/>.</summary>
    public bool? CanPublishData { get; init; }

    /// <summary>Which sources may be published; empty means any.</summary>
    public IReadOnlyList<TrackSource> CanPublishSources { get; init; } = [];

    /// <summary>May change its own name, metadata and attributes; absent means no.</summary>
    public bool? CanUpdateOwnMetadata { get; init; }

    /// <summary>May administer ingress.</summary>
    public bool IngressAdmin { get; init; }

    /// <summary>Is not announced to other participants.</summary>
    public bool Hidden { get; init; }

    /// <summary>Is a recorder.</summary>
    public bool Recorder { get; init; }

    /// <summary>May register as an agent worker; such a participant does not keep a room open.</summary>
    public bool Agent { get; init; }

    /// <summary>May subscribe to metrics; absent means no.</summary>
    public bool? CanSubscribeMetrics { get; init; }

    /// <summary>May manage agent sessions; absent means no.</summary>
    public bool? CanManageAgentSession { get; init; }

    /// <summary>The room that participants may be forwarded or moved to.</summary>
    public string? DestinationRoom { get; init; }
}

/// <summary>The <c>sip</c> claim of an access token.</summary>
/// <param name="Admin">May administer SIP trunks and dispatch rules.</param>
/// <param name="Call">May place and transfer SIP calls.</param>
public sealed record SipGrant(bool Admin, bool Call);
