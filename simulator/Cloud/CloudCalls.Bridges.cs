namespace GoTo.Simulator.Cloud;

/// <summary>
/// Phones that hear each other: the far ends of a warm transfer and of a conference. GoTo mixes them; the simulator passes
/// no audio on, so it makes two phones known to each other, and their audio goes straight between them.
/// </summary>
internal sealed partial class CloudCalls
{
    private readonly Dictionary<string, Bridge> _bridges = [];

    /// <summary>A phone's SDP for a bridge goes to the other phone of it.</summary>
    public void Signal(IPhone phone, string type, string bridgeId, string? sdp)
    {
        CheckSdp(sdp, "sdp");
        lock (_gate)
        {
            if (type == "bridge-answer" && MusicOf(phone, bridgeId) is { } music)
            {
                _ = music.Accept(sdp!);
                return;
            }

            if (!_bridges.TryGetValue(bridgeId, out var bridge) || bridge.Of(phone) is not { } from)
                throw CloudRefusal.NotFound("BRIDGE_NOT_FOUND", "This phone is not connected by such a bridge.");
            var to = bridge.Across(from);
            var message = Message(type, to.Call);
            message["bridge"] = bridge.Id;
            message["sdp"] = sdp;
            to.Phone!.Tell(message);
        }
    }

    /// <summary>From now on the phones of two calls hear each other; the first one offers.</summary>
    private void Join(Entry one, Entry other)
    {
        if (one.Phone is null || other.Phone is null || BridgesOf(one).Any(bridge => bridge.Has(other)))
            return;
        var bridge = new Bridge(ids.New("bridge"), one, other);
        _bridges.Add(bridge.Id, bridge);
        foreach (var end in new[] { one, other })
        {
            var message = Message("bridge", end.Call);
            message["bridge"] = bridge.Id;
            message["offer"] = ReferenceEquals(end, one);
            end.Phone!.Tell(message);
        }
    }

    /// <summary>
    /// A call's phone leaves whom it was connected with, unless that is one who stays with it. Who is left alone, without us
    /// and without anybody, has nobody to talk with: the call is over for that phone, too.
    /// </summary>
    private void Part(Entry entry, Entry? stays = null)
    {
        foreach (var bridge in BridgesOf(entry).Where(bridge => stays is null || !bridge.Has(stays)).ToArray())
        {
            _bridges.Remove(bridge.Id);
            var left = bridge.Across(entry);
            var message = Message("unbridge", left.Call);
            message["bridge"] = bridge.Id;
            left.Phone!.Tell(message);
            if (IsWithoutUs(left))
                TellEnded(left, "caller_hangup");
        }
    }

    /// <summary>The phone of a call that has left us for another phone hangs up.</summary>
    private bool HangUpWithoutUs(string callId)
    {
        var entry = _bridges.Values.SelectMany(bridge => bridge.Ends).FirstOrDefault(end => end.Call.Id == callId);
        if (entry is null || !IsWithoutUs(entry))
            return false;
        Part(entry);
        TellEnded(entry, "caller_hangup");
        return true;
    }

    private bool IsTalkingWithoutUs(IPhone phone) =>
        _bridges.Values.Any(bridge => bridge.Of(phone) is { } end && IsWithoutUs(end));

    private static bool IsWithoutUs(Entry entry) => entry.Call.Phase is CallPhase.Transferred or CallPhase.Ended;

    private IEnumerable<Bridge> BridgesOf(Entry entry) => _bridges.Values.Where(bridge => bridge.Has(entry));

    private static void TellEnded(Entry entry, string reason)
    {
        var message = Message("ended", entry.Call);
        message["reason"] = reason;
        entry.Phone?.Tell(message);
    }

    /// <summary>Two calls whose phones hear each other.</summary>
    private sealed record Bridge(string Id, Entry One, Entry Other)
    {
        public IEnumerable<Entry> Ends => [One, Other];

        public bool Has(Entry entry) => Ends.Any(end => ReferenceEquals(end, entry));

        public Entry? Of(IPhone phone) => Ends.FirstOrDefault(end => ReferenceEquals(end.Phone, phone));

        public Entry Across(Entry entry) => ReferenceEquals(entry, One) ? Other : One;
    }
}
