namespace GoTo.Api;

/// <summary>One message of the event WebSocket, decoded (specification section 6.5 and appendix B).</summary>
public abstract record GoToEvent
{
    /// <summary>The event type as it came, empty when the message names none.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// What tells a resent message from a new one: the event's own id, else a hash of what it says (decision E2).
    /// </summary>
    public required string Key { get; init; }

    /// <summary>
    /// What tells a repeat that comes under a new id: for what happens to a call once (ringing, connected, transferred,
    /// ended) that it happened at all, for the rest what the event says with its time. Null when that says nothing.
    /// </summary>
    public string? ContentKey { get; init; }

    /// <summary>When it happened according to GoTo, or null when the message does not say so legibly.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>An event of one call.</summary>
public abstract record GoToCallEvent : GoToEvent
{
    /// <summary>The call's id.</summary>
    public required string CallId { get; init; }

    /// <summary>The line, or null: not every event names it.</summary>
    public string? LineId { get; init; }
}

/// <summary>An inbound call arrives (6.5.1), or an outbound one alerts.</summary>
public sealed record CallRinging : GoToCallEvent
{
    /// <summary>Who called whom, or null when not told.</summary>
    public CallDirection? Direction { get; init; }

    /// <summary>The caller's number; empty or null when withheld.</summary>
    public string? From { get; init; }

    /// <summary>The called number; null when not told: ask with <see cref="WebCallsClient.Get"/>.</summary>
    public string? To { get; init; }

    /// <summary>
    /// GoTo's SDP offer; null when not told: ask with <see cref="WebCallsClient.Get"/> (decision C1).
    /// </summary>
    public string? SdpOffer { get; init; }
}

/// <summary>A call was answered (6.5.2).</summary>
public sealed record CallConnected : GoToCallEvent
{
    /// <summary>Who called whom, or null when not told.</summary>
    public CallDirection? Direction { get; init; }

    /// <summary>The caller's number; empty or null when withheld.</summary>
    public string? From { get; init; }

    /// <summary>The called number.</summary>
    public string? To { get; init; }

    /// <summary>When it was answered.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }
}

/// <summary>A call ended (6.5.3).</summary>
public sealed record CallEnded : GoToCallEvent
{
    /// <summary>Who called whom, or null when not told.</summary>
    public CallDirection? Direction { get; init; }

    /// <summary>The caller's number; empty or null when withheld.</summary>
    public string? From { get; init; }

    /// <summary>The called number.</summary>
    public string? To { get; init; }

    /// <summary>Why, <see cref="CallEndReason.Unknown"/> for a word that is new to us or none.</summary>
    public CallEndReason Reason { get; init; }

    /// <summary>The reason's word as it came.</summary>
    public string? RawReason { get; init; }

    /// <summary>Talk time from the answer on, hold included; zero for a call that was never answered.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A call was put on hold (6.5.4).</summary>
public sealed record CallHeld : GoToCallEvent
{
    /// <summary>Since when.</summary>
    public DateTimeOffset? HoldStartedAt { get; init; }
}

/// <summary>A held call goes on (6.5.5).</summary>
public sealed record CallResumed : GoToCallEvent
{
    /// <summary>How long it was held.</summary>
    public TimeSpan? HoldDuration { get; init; }
}

/// <summary>A call was transferred (6.5.6).</summary>
public sealed record CallTransferred : GoToCallEvent
{
    /// <summary>How, as GoTo says it: <c>blind</c> or <c>warm</c>.</summary>
    public string? TransferType { get; init; }

    /// <summary>Where to, as a dial string.</summary>
    public string? TransferTarget { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? TransferredAt { get; init; }
}

/// <summary>A remote ICE candidate (6.5.7).</summary>
public sealed record CallIceCandidate : GoToCallEvent
{
    /// <summary>The candidate line, <c>candidate:…</c>; empty says that there are no more (decision M5).</summary>
    public required string Candidate { get; init; }

    /// <summary>The media section's mid.</summary>
    public string? SdpMid { get; init; }

    /// <summary>The media section's index.</summary>
    public int? SdpMLineIndex { get; init; }
}

/// <summary>The remote party pressed a key (6.5.8).</summary>
public sealed record CallDtmf : GoToCallEvent
{
    /// <summary>The digit: 0 to 9, *, #, A to D.</summary>
    public required char Digit { get; init; }

    /// <summary>How long the key was down, or null when not told.</summary>
    public TimeSpan? Duration { get; init; }
}

/// <summary>A recording changed; the specification names the event but gives it no shape (decision E5).</summary>
public sealed record CallRecording : GoToCallEvent
{
    /// <summary>The recording's state as GoTo says it.</summary>
    public string? Status { get; init; }

    /// <summary>The recording's id.</summary>
    public string? RecordingId { get; init; }
}

/// <summary>An event of a type that this version does not know, passed on as it came.</summary>
public sealed record UnknownEvent : GoToEvent
{
    /// <summary>The call's id, if the event names one.</summary>
    public string? CallId { get; init; }

    /// <summary>The message as it came.</summary>
    public required string Raw { get; init; }
}

/// <summary>A message that cannot be used. It is reported instead of ending the stream.</summary>
public sealed record InvalidEvent : GoToEvent
{
    /// <summary>What is wrong, in words, without quoting the message.</summary>
    public required string Problem { get; init; }

    /// <summary>The field that is missing or unreadable, or null when the whole message is.</summary>
    public string? Field { get; init; }

    /// <summary>The call's id, if the message names one: its state can be asked for.</summary>
    public string? CallId { get; init; }
}
