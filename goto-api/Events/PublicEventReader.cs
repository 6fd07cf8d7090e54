namespace GoTo.Api;

/// <summary>
/// The two feeds of GoTo's public API as one: the media leg's events tell which leg is which call, and what changed from
/// one state of a conversation to the next becomes events of its calls, such as hold and transfer, which the media leg
/// does not tell. A state that comes after a later one is passed over. Safe for use by two connections at once.
/// </summary>
internal sealed class PublicEventReader
{
    /// <summary>More legs than an account has calls: those whose ends were never told go.</summary>
    private const int MostLegs = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Leg> _legs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _sequences = new(StringComparer.Ordinal);

    public IReadOnlyList<GoToEvent> Read(ReadOnlyMemory<byte> message)
    {
        var read = PublicEventDecoder.Read(message);
        lock (_gate)
        {
            if (read.State is { } state)
                return [read.Event, .. Changes(state, read.Event)];
            if (read.LegId is { } leg && read.Event is GoToCallEvent happened)
                Follow(leg, happened);
            return [read.Event];
        }
    }

    private void Follow(string legId, GoToCallEvent happened)
    {
        if (happened is CallEnded)
        {
            _legs.Remove(legId);
            return;
        }

        if (_legs.Count >= MostLegs)
            _legs.Clear();
        if (!_legs.ContainsKey(legId))
            _legs[legId] = new Leg(happened.CallId);
    }

    private IEnumerable<GoToEvent> Changes(ConversationState state, GoToEvent message)
    {
        if (state.HasEnded)
        {
            // The media leg's own event says that the call is over, and why.
            _sequences.Remove(state.Id);
            yield break;
        }

        if (state.Sequence is { } sequence)
        {
            if (_sequences.TryGetValue(state.Id, out var last) && sequence <= last)
                yield break;
            if (_sequences.Count >= MostLegs)
                _sequences.Clear();
            _sequences[state.Id] = sequence;
        }

        foreach (var (legId, status) in state.Legs)
        {
            if (_legs.TryGetValue(legId, out var leg) && leg.Become(status, message) is { } change)
                yield return change;
        }
    }

    /// <summary>A leg that is one of our calls, and what was last told of it.</summary>
    private sealed class Leg(string callId)
    {
        private string _status = "";
        private bool _warm;
        private DateTimeOffset? _heldAt;

        public GoToEvent? Become(string status, GoToEvent message)
        {
            var before = _status;
            if (status == before)
                return null;
            // It says whose transfer is under way; held or connected it is as it was before.
            if (status == "IN_WARM_TRANSFER")
            {
                _warm = true;
                return null;
            }

            _status = status;
            var at = message.Timestamp;
            switch (status)
            {
                case "HOLD":
                    _heldAt = at;
                    return new CallHeld
                    {
                        Type = EventTypes.Held, Key = $"{message.Key} {callId}", ContentKey = $"{EventTypes.Held} {callId} {at:O}",
                        Timestamp = at, CallId = callId, HoldStartedAt = at,
                    };
                case "CONNECTED" when before == "HOLD":
                    return new CallResumed
                    {
                        Type = EventTypes.Resumed, Key = $"{message.Key} {callId}",
                        ContentKey = $"{EventTypes.Resumed} {callId} {at:O}", Timestamp = at, CallId = callId,
                        HoldDuration = at - _heldAt,
                    };
                case "CONNECTED":
                    return new CallConnected
                    {
                        Type = EventTypes.Connected, Key = $"{message.Key} {callId}",
                        ContentKey = $"{EventTypes.Connected} {callId}", Timestamp = at, CallId = callId, AnsweredAt = at,
                    };
                case "TRANSFERRED":
                    return new CallTransferred
                    {
                        Type = EventTypes.Transferred, Key = $"{message.Key} {callId}",
                        ContentKey = $"{EventTypes.Transferred} {callId}", Timestamp = at, CallId = callId, TransferredAt = at,
                        TransferType = _warm ? "warm" : null,
                    };
                default:
                    return null;
            }
        }
    }
}
