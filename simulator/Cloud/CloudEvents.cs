using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>One event on its way to the subscribers of a line.</summary>
internal sealed record CloudEvent(string AccountKey, string LineId, string Type, JsonObject Message)
{
    /// <summary>Who is who, when the event is a warm transfer: the public API tells.</summary>
    public WarmTransferParties? WarmTransfer { get; init; }
}

/// <summary>The parties of a warm transfer, as one of its two calls sees them.</summary>
/// <param name="AssociatedCallId">The other call.</param>
/// <param name="Initiator">Whose call is transferred.</param>
/// <param name="Destination">To whom.</param>
internal sealed record WarmTransferParties(string AssociatedCallId, string Initiator, string Destination);

/// <summary>The events of specification section 6.5, field by field.</summary>
internal static class CloudEvents
{
    public static CloudEvent Ringing(CloudCall call, DateTimeOffset now)
    {
        var data = Parties(call);
        data["sdpOffer"] = call.SdpOffer;
        return Event(call, "call.ringing", now, data);
    }

    public static CloudEvent Connected(CloudCall call, DateTimeOffset now)
    {
        var data = Parties(call);
        data["answeredAt"] = CloudReplies.Moment(call.AnsweredAt!.Value);
        return Event(call, "call.connected", now, data);
    }

    public static CloudEvent Ended(CloudCall call, DateTimeOffset now)
    {
        var data = Parties(call);
        data["durationSeconds"] = call.DurationSeconds;
        data["endReason"] = call.EndReason;
        data["endedAt"] = CloudReplies.Moment(call.EndedAt!.Value);
        return Event(call, "call.ended", now, data);
    }

    public static CloudEvent Held(CloudCall call, DateTimeOffset now) => Event(call, "call.held", now, new JsonObject
    {
        ["callId"] = call.Id,
        ["holdStartedAt"] = CloudReplies.Moment(call.HoldStartedAt!.Value),
    });

    public static CloudEvent Resumed(CloudCall call, TimeSpan held, DateTimeOffset now) =>
        Event(call, "call.resumed", now, new JsonObject
        {
            ["callId"] = call.Id,
            ["holdDurationSeconds"] = (int)held.TotalSeconds,
        });

    public static CloudEvent Transferred(CloudCall call, DateTimeOffset now) =>
        Event(call, "call.transferred", now, new JsonObject
        {
            ["callId"] = call.Id,
            ["transferType"] = call.TransferType,
            ["transferTarget"] = call.TransferTarget,
            ["transferredAt"] = CloudReplies.Moment(call.TransferredAt!.Value),
        });

    public static CloudEvent Dtmf(CloudCall call, string digit, int durationMs, DateTimeOffset now) =>
        Event(call, "call.dtmf", now, new JsonObject
        {
            ["callId"] = call.Id,
            ["digit"] = digit,
            ["durationMs"] = durationMs,
        });

    public static CloudEvent Recording(CloudCall call, string status, string recordingId, DateTimeOffset now) =>
        Event(call, "call.recording", now, new JsonObject
        {
            ["callId"] = call.Id,
            ["status"] = status,
            ["recordingId"] = recordingId,
        });

    public static CloudEvent IceCandidate(
        CloudCall call, string candidate, string? sdpMid, int? sdpMLineIndex, DateTimeOffset now) =>
        Event(call, "call.ice_candidate", now, new JsonObject
        {
            ["callId"] = call.Id,
            ["candidate"] = new JsonObject
            {
                ["candidate"] = candidate,
                ["sdpMid"] = sdpMid,
                ["sdpMLineIndex"] = sdpMLineIndex,
            },
        });

    private static JsonObject Parties(CloudCall call) => new()
    {
        ["callId"] = call.Id,
        ["direction"] = call.Direction,
        ["from"] = call.From,
        ["to"] = call.To,
        ["lineId"] = call.Line.Id,
    };

    private static CloudEvent Event(CloudCall call, string type, DateTimeOffset now, JsonObject data) =>
        new(call.Account.Key, call.Line.Id, type, new JsonObject
        {
            ["type"] = type,
            ["timestamp"] = CloudReplies.Moment(now),
            ["data"] = data,
        });
}
