using System.Text;
using System.Text.Json;

namespace GoTo.Api;

/// <summary>
/// The events of GoTo's public API (decisions part a.2b), <b>unverified against the live service</b>: the media leg's own
/// feed (<c>source: WebRTC</c>) becomes our events of a call; full call states (<c>call-events</c>) are read beside that, and
/// they and control frames pass through as they came. The envelope may be nested, flat, or no JSON at all. Pure; never throws.
/// </summary>
internal static class PublicEventDecoder
{
    private static readonly JsonDocumentOptions Strictness = new() { MaxDepth = 32 };

    public static GoToEvent Decode(ReadOnlyMemory<byte> message) => Read(message).Event;

    public static PublicMessage Read(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message, Strictness);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement, message.Span)
                : new PublicMessage(EventDecoder.Invalid(message.Span, "the message is not a JSON object"));
        }
        catch (JsonException)
        {
            // WEBSOCKET_REFRESH_REQUIRED and its like come as bare words.
            var text = Encoding.UTF8.GetString(message.Span[..Math.Min(message.Length, 64)]).Trim();
            return new PublicMessage(text.Length > 0 && text.All(letter => char.IsAsciiLetterUpper(letter) || letter == '_')
                ? Raw(text, message.Span, null, null)
                : EventDecoder.Invalid(message.Span, "the message is not JSON"));
        }
        catch (InvalidOperationException)
        {
            return new PublicMessage(EventDecoder.Invalid(message.Span, "the message holds text that is not Unicode"));
        }
    }

    private static PublicMessage Read(JsonElement root, ReadOnlySpan<byte> message)
    {
        // Nested: {event, eventId, timestamp, data: {source, type, content}}; flat: {id, source, type, content}.
        var inner = root.Field("data") is { ValueKind: JsonValueKind.Object } nested ? nested : root;
        var source = inner.Text("source");
        var word = inner.Text("type") ?? root.Text("event") ?? "";
        var content = inner.Field("content") is { ValueKind: JsonValueKind.Object } found ? found : inner;
        var id = root.Text("eventId") ?? root.Text("id");
        if (word.Length == 0)
            return new PublicMessage(EventDecoder.Invalid(message, "the event names no 'type'"));
        var callId = content.Text("callId") ?? content.Text("id");
        var at = root.Moment("timestamp") ?? inner.Moment("timestamp");
        if (!string.Equals(source, "WebRTC", StringComparison.OrdinalIgnoreCase) || string.IsNullOrEmpty(callId))
        {
            return new PublicMessage(
                Raw(source is null ? word : $"{source}/{word}", message, id, content.Text("callId"), at),
                State: word == "call-state" ? ConversationState.Read(content) : null);
        }

        return new PublicMessage(
            (GoToEvent?)OfLeg(word, callId, id, at, content) ?? Raw($"{source}/{word}", message, id, callId, at), content.Text("legId"));
    }

    /// <summary>An event of the media leg; null for a word that says nothing to us.</summary>
    private static GoToCallEvent? OfLeg(
        string word, string callId, string? id, DateTimeOffset? at, JsonElement content)
    {
        var key = id ?? $"{word} {callId} {at:O}";
        var direction = content.Text("direction") is { } told ? Arch002Words.Direction(told) : (CallDirection?)null;
        var (from, to) = (Arch002Words.Number(content.Text("from")), Arch002Words.Number(content.Text("to")));
        var line = content.Text("extensionNumber") ?? content.Text("lineId");
        return word switch
        {
            "incoming" => new CallRinging
            {
                Type = EventTypes.Ringing, Key = key, ContentKey = $"{EventTypes.Ringing} {callId}", Timestamp = at,
                CallId = callId, LineId = line, Direction = CallDirection.Inbound, From = from, To = to,
                SdpOffer = content.Text("sdp"),
            },
            "ringing" => new CallRinging
            {
                Type = EventTypes.Ringing, Key = key, ContentKey = $"{EventTypes.Ringing} {callId}", Timestamp = at,
                CallId = callId, LineId = line, Direction = direction ?? CallDirection.Outbound, From = from, To = to,
            },
            "answered" => new CallConnected
            {
                Type = EventTypes.Connected, Key = key, ContentKey = $"{EventTypes.Connected} {callId}",
                Timestamp = at, CallId = callId, LineId = line, Direction = direction, From = from, To = to,
                AnsweredAt = content.Moment("answeredAt") ?? at,
            },
            "ended" => new CallEnded
            {
                Type = EventTypes.Ended, Key = key, ContentKey = $"{EventTypes.Ended} {callId}", Timestamp = at,
                CallId = callId, LineId = line, Direction = direction, From = from, To = to,
                Reason = Arch002Words.EndReason(content.Text("reason")), RawReason = content.Text("reason"),
                Duration = content.Seconds("durationSeconds"), EndedAt = content.Moment("endedAt") ?? at,
            },
            _ => null,
        };
    }

    private static UnknownEvent Raw(
        string type, ReadOnlySpan<byte> message, string? id, string? callId, DateTimeOffset? at = null) => new()
    {
        Timestamp = at,
        Type = type,
        Key = id ?? EventDecoder.Invalid(message, "").Key,
        CallId = callId,
        Raw = Encoding.UTF8.GetString(message),
    };
}

/// <summary>A message as it was read.</summary>
/// <param name="Event">What it says by itself.</param>
/// <param name="LegId">The media leg that it is of.</param>
/// <param name="State">The conversation's state that it tells.</param>
internal readonly record struct PublicMessage(GoToEvent Event, string? LegId = null, ConversationState? State = null);
