namespace GoTo.Api;

/// <summary>A notification channel: the server's end of one event WebSocket (specification section 6.2).</summary>
/// <param name="Id">The channel's id.</param>
/// <param name="WebSocketUrl">Where to connect, without a token.</param>
/// <param name="ExpiresAt">When the channel ends, or null when the server does not say.</param>
public sealed record NotificationChannel(string Id, Uri WebSocketUrl, DateTimeOffset? ExpiresAt);

/// <summary>What a channel is told about (section 6.3).</summary>
/// <param name="Id">The subscription's id.</param>
/// <param name="ChannelId">The channel that the events go to.</param>
/// <param name="EventTypes">The event types as the server confirmed them, else as asked for.</param>
/// <param name="LineIds">The lines; empty means all.</param>
public sealed record EventSubscription(
    string Id, string ChannelId, IReadOnlyList<string> EventTypes, IReadOnlyList<string> LineIds);

/// <summary>The event types of section 6.5, by the names that the wire uses.</summary>
public static class EventTypes
{
    /// <summary>An inbound call arrives.</summary>
    public const string Ringing = "call.ringing";

    /// <summary>A call was answered.</summary>
    public const string Connected = "call.connected";

    /// <summary>A call ended.</summary>
    public const string Ended = "call.ended";

    /// <summary>A call was put on hold.</summary>
    public const string Held = "call.held";

    /// <summary>A held call goes on.</summary>
    public const string Resumed = "call.resumed";

    /// <summary>A call was transferred.</summary>
    public const string Transferred = "call.transferred";

    /// <summary>The remote party pressed a key.</summary>
    public const string Dtmf = "call.dtmf";

    /// <summary>A recording changed.</summary>
    public const string Recording = "call.recording";

    /// <summary>A remote ICE candidate.</summary>
    public const string IceCandidate = "call.ice_candidate";

    /// <summary>All of them: what is subscribed to unless told otherwise.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Ringing, Connected, Ended, Held, Resumed, Transferred, Dtmf, Recording, IceCandidate];
}
