namespace GoTo.Api;

/// <summary>
/// What GoTo told of a call in one reply (specification sections 4.2 and 5). Only the id is certain: a reply may be
/// empty or partial, and null means "not told", never "no longer so".
/// </summary>
public sealed record CallSnapshot
{
    /// <summary>The call's id.</summary>
    public required string CallId { get; init; }

    /// <summary>Our leg's id, where GoTo tells it.</summary>
    public string? LegId { get; init; }

    /// <summary>The state, <see cref="CallState.Unknown"/> when the word is new to us.</summary>
    public CallState? State { get; init; }

    /// <summary>The state's word as it came.</summary>
    public string? RawState { get; init; }

    /// <summary>Who called whom.</summary>
    public CallDirection? Direction { get; init; }

    /// <summary>The caller's number; empty when withheld.</summary>
    public string? From { get; init; }

    /// <summary>The called number, without a <c>tel:</c> prefix.</summary>
    public string? To { get; init; }

    /// <summary>The line that the call is on.</summary>
    public string? LineId { get; init; }

    /// <summary>GoTo's SDP offer.</summary>
    public string? SdpOffer { get; init; }

    /// <summary>Our SDP answer as GoTo has it.</summary>
    public string? SdpAnswer { get; init; }

    /// <summary>When the call began.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was answered.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Since when it is on hold.</summary>
    public DateTimeOffset? HoldStartedAt { get; init; }

    /// <summary>Why it ended.</summary>
    public CallEndReason? EndReason { get; init; }

    /// <summary>The end reason's word as it came.</summary>
    public string? RawEndReason { get; init; }

    /// <summary>How it was transferred, as GoTo says it: <c>blind</c> or <c>warm</c>.</summary>
    public string? TransferType { get; init; }

    /// <summary>Where it was transferred to, as a dial string.</summary>
    public string? TransferTarget { get; init; }

    /// <summary>When it was transferred.</summary>
    public DateTimeOffset? TransferredAt { get; init; }
}

/// <summary>A call's state on the wire (section 5.4).</summary>
public enum CallState
{
    /// <summary>A word that this version does not know.</summary>
    Unknown,

    /// <summary>Not begun.</summary>
    Initial,

    /// <summary>Outbound, being placed.</summary>
    Dialing,

    /// <summary>Inbound and not answered, or outbound and alerting.</summary>
    Ringing,

    /// <summary>Inbound with the WebRTC offer outstanding.</summary>
    Offering,

    /// <summary>Answered; audio may flow.</summary>
    Connected,

    /// <summary>On hold.</summary>
    Held,

    /// <summary>Connected with our microphone muted.</summary>
    Muted,

    /// <summary>Leaving us for another party.</summary>
    Transferred,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>Who called whom.</summary>
public enum CallDirection
{
    /// <summary>A word that this version does not know.</summary>
    Unknown,

    /// <summary>They called us.</summary>
    Inbound,

    /// <summary>We called them.</summary>
    Outbound,
}

/// <summary>Why a call ended (section 6.5.3).</summary>
public enum CallEndReason
{
    /// <summary>A word that this version does not know, or none.</summary>
    Unknown,

    /// <summary>The remote party hung up, whoever had called (<c>caller_hangup</c>).</summary>
    RemoteHangup,

    /// <summary>We hung up (<c>agent_hangup</c>).</summary>
    LocalHangup,

    /// <summary>The call was transferred.</summary>
    Transfer,

    /// <summary>Nothing happened in time.</summary>
    Timeout,

    /// <summary>The call failed.</summary>
    Error,

    /// <summary>The remote party was busy.</summary>
    Busy,

    /// <summary>The remote party did not answer.</summary>
    NoAnswer,

    /// <summary>The call was rejected.</summary>
    Rejected,
}

/// <summary>What we tell GoTo when we hang up (section 5.1.5).</summary>
public enum HangUpReason
{
    /// <summary>The conversation is over.</summary>
    Normal,

    /// <summary>We are busy.</summary>
    Busy,

    /// <summary>We do not take the call.</summary>
    Rejected,
}
