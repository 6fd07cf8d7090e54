using System.Text.Json;

namespace GoTo.Api;

/// <summary>
/// One <c>call-events/call-state</c> message of GoTo's public API: the whole state of a conversation, in place of what
/// changed (decisions part a.2b). <b>Unverified against the live service.</b>
/// </summary>
/// <param name="Id">The conversation's id.</param>
/// <param name="Sequence">Where it stands among the conversation's states; null when not told.</param>
/// <param name="HasEnded">Whether the conversation is over; its participants are then gone already.</param>
/// <param name="Legs">The status of each leg by its id, as GoTo says it.</param>
internal sealed record ConversationState(
    string Id, int? Sequence, bool HasEnded, IReadOnlyList<(string LegId, string Status)> Legs)
{
    /// <summary>Reads the content of a message; null when it is of no use.</summary>
    public static ConversationState? Read(JsonElement content)
    {
        if (content.Field("metadata")?.Text("conversationSpaceId") is not { Length: > 0 } id
            || content.Field("state") is not { ValueKind: JsonValueKind.Object } state)
        {
            return null;
        }

        var legs = new List<(string, string)>();
        foreach (var participant in state.Objects("participants"))
        {
            var status = participant.Field("status") is { ValueKind: JsonValueKind.Object } nested
                ? nested.Text("value")
                : participant.Text("status");
            if (participant.Text("legId") is { Length: > 0 } leg && status is { Length: > 0 })
                legs.Add((leg, status.ToUpperInvariant()));
        }

        return new ConversationState(
            id, state.Integer("sequenceNumber"),
            string.Equals(state.Text("type"), "ENDING", StringComparison.OrdinalIgnoreCase), legs);
    }
}
