using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Events in the public API's form: the media leg's own (<c>WebRTC</c>) for the channel of a device, and the
/// conversation's state (<c>call-events</c>) for subscribers; both in the envelope that its WebSockets have.
/// </summary>
internal static class CloudPublicEvents
{
    public static IEnumerable<JsonObject> Of(
        CloudEvent happened, CloudLine line, bool heardByDevice, bool subscribed, CloudIds ids)
    {
        var data = (JsonObject)happened.Message["data"]!;
        var (leg, state, status) = happened.Type switch
        {
            "call.ringing" when (string?)data["direction"] == "inbound" => ("incoming", "STARTING", "RINGING"),
            "call.ringing" => ("ringing", "STARTING", "RINGING"),
            "call.connected" => ("answered", "ACTIVE", "CONNECTED"),
            "call.resumed" => (null, "ACTIVE", "CONNECTED"),
            "call.held" => (null, "ACTIVE", "HOLD"),
            "call.transferred" => (null, "ACTIVE", "TRANSFERRED"),
            "call.ended" => ("ended", "ENDING", null),
            _ => (null, null, null),
        };
        if (state is null)
            yield break;
        var legId = $"leg_{(string)data["callId"]!}";
        var timestamp = (string)happened.Message["timestamp"]!;
        if (heardByDevice && leg is not null)
        {
            var content = new JsonObject
            {
                ["callId"] = (string)data["callId"]!, ["legId"] = legId,
                ["extensionNumber"] = line.Extension, ["from"] = (string?)data["from"], ["to"] = (string?)data["to"],
                ["direction"] = (string?)data["direction"],
            };
            if ((string?)data["sdpOffer"] is { } sdp)
                content["sdp"] = sdp;
            if ((string?)data["endReason"] is { } reason)
                content["reason"] = reason;
            if (data["durationSeconds"] is { } duration)
                content["durationSeconds"] = (int)duration;
            yield return Envelope("WebRTC", leg, content);
        }

        if (!subscribed)
            yield break;
        // What the two of a warm transfer were to each other is told before they leave.
        if (happened.WarmTransfer is { } warm)
            yield return State("ACTIVE", WarmTransferStatus(warm), [$"conv_{warm.AssociatedCallId}"]);
        yield return State(state, status is null ? null : new JsonObject { ["value"] = status }, []);

        JsonObject State(string type, JsonObject? standing, JsonArray associated) =>
            Envelope("call-events", "call-state", new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["conversationSpaceId"] = $"conv_{(string)data["callId"]!}", ["accountKey"] = happened.AccountKey,
                    ["direction"] = ((string?)data["direction"])?.ToUpperInvariant(),
                    ["associatedConversations"] = associated,
                },
                ["state"] = new JsonObject
                {
                    ["id"] = ids.New("state"), ["type"] = type, ["timestamp"] = timestamp,
                    // The last state names nobody, as GoTo's does not.
                    ["participants"] = standing is null ? [] : new JsonArray(new JsonObject
                    {
                        ["legId"] = legId,
                        ["status"] = standing,
                        ["type"] = new JsonObject
                        {
                            ["value"] = "LINE", ["lineId"] = line.Id, ["extensionNumber"] = line.Extension,
                        },
                    }),
                },
            });

        JsonObject WarmTransferStatus(WarmTransferParties warm) => new()
        {
            ["value"] = "IN_WARM_TRANSFER", ["initiator"] = warm.Initiator, ["transferrer"] = line.Extension,
            ["destination"] = warm.Destination,
        };

        JsonObject Envelope(string source, string type, JsonObject content) => new()
        {
            ["event"] = "Notification", ["eventId"] = ids.New("evt"), ["timestamp"] = timestamp,
            ["data"] = new JsonObject { ["source"] = source, ["type"] = type, ["content"] = content },
        };
    }
}
