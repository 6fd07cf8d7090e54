using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GoTo.Api;

/// <summary>
/// Decodes the events of specification section 6.5 and appendix B: <c>type</c> or <c>event</c> (decision E1), fields
/// under <c>data</c> or beside it, unknown types and fields welcome. Pure; never throws.
/// </summary>
public static class EventDecoder
{
    private static readonly JsonDocumentOptions Strictness = new() { MaxDepth = 32 };

    /// <summary>Decodes one message.</summary>
    /// <param name="message">The message's bytes, UTF-8 JSON.</param>
    /// <returns>
    /// The event; <see cref="UnknownEvent"/> for a type we do not know, <see cref="InvalidEvent"/> naming what is
    /// wrong.
    /// </returns>
    public static GoToEvent Decode(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message, Strictness);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Decode(document.RootElement, message.Span)
                : Invalid(message.Span, "the message is not a JSON object");
        }
        catch (JsonException)
        {
            return Invalid(message.Span, "the message is not JSON");
        }
        catch (InvalidOperationException)
        {
            // JsonElement.GetString on a text with broken UTF-8 or lone surrogates.
            return Invalid(message.Span, "the message holds text that is not Unicode");
        }
    }

    /// <summary>Reports a message that was not even read, for instance because it was too large.</summary>
    internal static InvalidEvent Invalid(ReadOnlySpan<byte> message, string problem) =>
        new() { Type = "", Key = KeyOf(message), Problem = problem };

    private static GoToEvent Decode(JsonElement root, ReadOnlySpan<byte> message)
    {
        var type = root.Text("type") ?? root.Text("event") ?? "";
        var data = root.Field("data") ?? root;
        var callId = data.Text("callId");
        var head = new Head(type, callId, root, data);
        if (type.Length == 0)
            return Invalid(head, message, "type", "the event names no 'type'");
        if (!IsKnown(type))
        {
            return new UnknownEvent
            {
                Type = type,
                Key = head.Id ?? KeyOf(message),
                Timestamp = head.Timestamp,
                CallId = callId,
                Raw = Encoding.UTF8.GetString(message),
            };
        }

        if (data.ValueKind != JsonValueKind.Object)
            return Invalid(head, message, "data", $"'{type}' has 'data' that is not an object");
        if (string.IsNullOrEmpty(callId))
            return Invalid(head, message, "callId", $"'{type}' lacks 'callId'");
        return type switch
        {
            EventTypes.Ringing => Ringing(head, callId),
            EventTypes.Connected => Connected(head, callId),
            EventTypes.Ended => Ended(head, callId),
            EventTypes.Held => new CallHeld
            {
                Type = type, Key = head.Key(callId), ContentKey = head.Content(callId), Timestamp = head.Timestamp, CallId = callId, LineId = head.LineId,
                HoldStartedAt = data.Moment("holdStartedAt"),
            },
            EventTypes.Resumed => new CallResumed
            {
                Type = type, Key = head.Key(callId), ContentKey = head.Content(callId), Timestamp = head.Timestamp, CallId = callId, LineId = head.LineId,
                HoldDuration = data.Seconds("holdDurationSeconds"),
            },
            EventTypes.Transferred => new CallTransferred
            {
                Type = type, Key = head.Key(callId), ContentKey = head.Content(callId), Timestamp = head.Timestamp, CallId = callId, LineId = head.LineId,
                TransferType = data.Text("transferType"),
                TransferTarget = data.Text("transferTarget"),
                TransferredAt = data.Moment("transferredAt"),
            },
            EventTypes.Recording => new CallRecording
            {
                Type = type, Key = head.Key(callId, data.Text("status"), data.Text("recordingId")), ContentKey = head.Content(callId, data.Text("status"), data.Text("recordingId")),
                Timestamp = head.Timestamp, CallId = callId, LineId = head.LineId,
                Status = data.Text("status"),
                RecordingId = data.Text("recordingId"),
            },
            EventTypes.IceCandidate => IceCandidate(head, callId, message),
            _ => Dtmf(head, callId, message),
        };
    }

    private static CallRinging Ringing(Head head, string callId) => new()
    {
        Type = head.Type, Key = head.Key(callId), ContentKey = head.Content(callId), Timestamp = head.Timestamp, CallId = callId, LineId = head.LineId,
        Direction = head.Direction,
        From = Arch002Words.Number(head.Data.Text("from")),
        To = Arch002Words.Number(head.Data.Text("to")),
        SdpOffer = head.Data.Text("sdpOffer"),
    };

    private static CallConnected Connected(Head head, string callId) => new()
    {
        Type = head.Type, Key = head.Key(callId), ContentKey = head.Content(callId), Timestamp = head.Timestamp, CallId = callId, LineId = head.LineId,
        Direction = head.Direction,
        From = Arch002Words.Number(head.Data.Text("from")),
        To = Arch002Words.Number(head.Data.Text("to")),
        AnsweredAt = head.Data.Moment("answeredAt"),
    };

    private static CallEnded Ended(Head head, string callId)
    {
        var reason = head.Data.Text("endReason");
        return new CallEnded
        {
            Type = head.Type, Key = head.Key(callId, reason), ContentKey = head.Content(callId, reason), Timestamp = head.Timestamp, CallId = callId,
            LineId = head.LineId,
            Direction = head.Direction,
            From = Arch002Words.Number(head.Data.Text("from")),
            To = Arch002Words.Number(head.Data.Text("to")),
            Reason = Arch002Words.EndReason(reason),
            RawReason = reason,
            Duration = head.Data.Seconds("durationSeconds"),
            EndedAt = head.Data.Moment("endedAt"),
        };
    }

    // The candidate's fields come as an object (6.5.7) or as the event's own (4.4.2).
    private static GoToEvent IceCandidate(Head head, string callId, ReadOnlySpan<byte> message)
    {
        var found = head.Data.Field("candidate") ?? head.Root.Field("candidate");
        var fields = found is { ValueKind: JsonValueKind.Object } nested ? nested : head.Data;
        var candidate = found switch
        {
            { ValueKind: JsonValueKind.Object } => fields.Text("candidate") ?? "",
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            _ => null,
        };
        // A candidate that is null ends the trickle; one that is missing is a mistake.
        if (candidate is null && head.Data.TryGetProperty("candidate", out var nothing)
            && nothing.ValueKind == JsonValueKind.Null)
        {
            candidate = "";
        }

        if (candidate is null)
            return Invalid(head, message, "candidate", $"'{head.Type}' lacks 'candidate'");
        return new CallIceCandidate
        {
            Type = head.Type, Key = head.Key(callId, candidate, fields.Text("sdpMid")), ContentKey = head.Content(callId, candidate, fields.Text("sdpMid")), Timestamp = head.Timestamp,
            CallId = callId, LineId = head.LineId,
            Candidate = candidate,
            SdpMid = fields.Text("sdpMid"),
            SdpMLineIndex = fields.Integer("sdpMLineIndex"),
        };
    }

    private static GoToEvent Dtmf(Head head, string callId, ReadOnlySpan<byte> message)
    {
        if (head.Data.Text("digit") is not { Length: 1 } digit || !"0123456789*#ABCDabcd".Contains(digit[0]))
            return Invalid(head, message, "digit", $"'{head.Type}' lacks a 'digit' of 0-9, *, #, A-D");
        return new CallDtmf
        {
            Type = head.Type, Key = head.Key(callId, digit), ContentKey = head.Content(callId, digit), Timestamp = head.Timestamp, CallId = callId,
            LineId = head.LineId,
            Digit = char.ToUpperInvariant(digit[0]),
            Duration = head.Data.Milliseconds("durationMs"),
        };
    }

    private static InvalidEvent Invalid(Head head, ReadOnlySpan<byte> message, string field, string problem) => new()
    {
        Type = head.Type,
        Key = head.Id ?? KeyOf(message),
        Timestamp = head.Timestamp,
        CallId = string.IsNullOrEmpty(head.CallId) ? null : head.CallId,
        Problem = problem,
        Field = field,
    };

    private static bool IsKnown(string type) => type is EventTypes.Ringing or EventTypes.Connected or EventTypes.Ended
        or EventTypes.Held or EventTypes.Resumed or EventTypes.Transferred or EventTypes.Dtmf or EventTypes.Recording
        or EventTypes.IceCandidate;

    private static string KeyOf(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>What every event has, whatever its type.</summary>
    private readonly record struct Head(string Type, string? CallId, JsonElement Root, JsonElement Data)
    {
        public string? Id => (Root.Text("eventId") ?? Root.Text("id")) is { Length: > 0 and <= 200 } id ? id : null;

        public DateTimeOffset? Timestamp => Root.Moment("timestamp") ?? Data.Moment("timestamp");

        public string? LineId => Data.Text("lineId");

        public CallDirection? Direction =>
            Data.Text("direction") is { } word ? Arch002Words.Direction(word) : null;

        // The timestamp's own text: two renderings of one moment would be two sendings, not one sent twice.
        public string Key(string callId, string? detail = null, string? more = null) =>
            Id ?? Hash(callId, detail, more);

        public string? Content(string callId, string? detail = null, string? more = null) => Type switch
        {
            // These happen to a call once, whatever else the event says.
            EventTypes.Ringing or EventTypes.Connected or EventTypes.Ended or EventTypes.Transferred =>
                $"{Type} {callId}",
            _ when Id is null || Moment is null => null,
            _ => Hash(callId, detail, more),
        };

        private string? Moment => Root.Text("timestamp") ?? Data.Text("timestamp");

        private string Hash(string callId, string? detail, string? more) =>
            KeyOf(Encoding.UTF8.GetBytes($"{Type}\0{callId}\0{Moment}\0{detail}\0{more}"));
    }
}
