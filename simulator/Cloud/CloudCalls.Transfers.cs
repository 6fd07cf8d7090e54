using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Transfers and conferences (specification section 5.2 with decisions C9 to C13). A far end that is transferred to a voice
/// mailbox hears it, and leaves it a message; to somebody else without a phone it leaves the simulation: its phone is told where
/// it was sent and that the call is over.
/// </summary>
internal sealed partial class CloudCalls
{
    public JsonObject BlindTransfer(CloudAccount account, string callId, CloudDialString target)
    {
        lock (_gate)
        {
            var entry = Find(account, callId);
            RequireTransferable(entry.Call);
            CheckReachable(account, target);
            // Whoever cannot be had is known at once: no call is lost to a transfer that fails.
            if (FarEnds.Of(target) is FarEnd.Busy or FarEnd.NoAnswer or FarEnd.Rejects or FarEnd.CarrierError)
                throw CloudRefusal.Conflict("TRANSFER_FAILED", "The target cannot be had; the call goes on.");
            Part(entry);
            var reply = Transfer(entry, "blind", target.Text);
            if (PhoneAt(account, target) is null && FarEnds.Of(target) is FarEnd.Voicemail)
                JoinMailbox(entry);
            return reply;
        }
    }

    public JsonObject WarmTransfer(CloudAccount account, string callId, string referId)
    {
        lock (_gate)
        {
            var entry = Find(account, callId);
            var consult = Find(account, referId);
            RequireTransferable(entry.Call);
            RequireOther(entry, consult);
            if (!consult.Call.Outbound)
                throw CloudRefusal.Conflict("CONSULT_NOT_OUTBOUND", "'referId' is not a call that was placed.");
            var ready = consult.Call.Phase == CallPhase.Connected
                || (!options.Strict && consult.Call.Phase == CallPhase.Dialing);
            if (!ready)
                throw CloudRefusal.Conflict("CONSULT_NOT_CONNECTED", "The call to the target is not connected.");
            var target = consult.Call.To.StartsWith('+') ? $"tel:{consult.Call.To}" : consult.Call.To;
            Part(consult, stays: entry);
            Part(entry, stays: consult);
            var initiator = entry.Call.Outbound ? entry.Call.To : entry.Call.From;
            Transfer(consult, "warm", target, new WarmTransferParties(callId, initiator, consult.Call.To));
            var reply = Transfer(entry, "warm", target, new WarmTransferParties(referId, initiator, consult.Call.To));
            Join(entry, consult);
            return reply;
        }
    }

    public JsonObject Merge(CloudAccount account, string callId, string referId)
    {
        lock (_gate)
        {
            var entry = Find(account, callId);
            var other = Find(account, referId);
            entry.Call.Require(CallPhase.Connected);
            RequireOther(entry, other);
            other.Call.Require(CallPhase.Connected);
            HashSet<string> together = [callId, referId, .. entry.Call.Conference, .. other.Call.Conference];
            if (together.Count > options.LargestConference)
                throw CloudRefusal.Conflict("CONFERENCE_FULL", $"At most {options.LargestConference} calls can merge.");
            var parties = together.Select(Find).ToArray();
            foreach (var party in parties)
            {
                party.Call.Conference = together;
                Resume(party, time.GetUtcNow());
            }

            foreach (var (i, party) in parties.Index())
            {
                foreach (var next in parties[(i + 1)..])
                    Join(party, next);
            }

            var reply = entry.Call.ToJson();
            reply["mergedWith"] = together.Where(id => id != callId).ToJson();
            return reply;
        }
    }

    private JsonObject Transfer(Entry entry, string type, string target, WarmTransferParties? warm = null)
    {
        var now = time.GetUtcNow();
        entry.Call.Transfer(type, target, now);
        entry.StopTimers();
        EndMusic(entry);
        LeaveConference(entry.Call);
        log.CallTransferred(entry.Call.Id, type);
        var message = Message("transferred", entry.Call);
        message["target"] = target;
        entry.Phone?.Tell(message);
        channels.Publish(CloudEvents.Transferred(entry.Call, now) with { WarmTransfer = warm });
        var reply = entry.Call.ToJson();
        After(entry, options.TransferCompletes, () => End(entry, "transfer"));
        return reply;
    }

    private void RequireTransferable(CloudCall call)
    {
        if (options.Strict || call.Phase is CallPhase.Transferred or CallPhase.Ended)
            call.Require(CallPhase.Connected);
    }

    private static void RequireOther(Entry entry, Entry other)
    {
        if (ReferenceEquals(entry, other))
            throw CloudRefusal.Conflict("SAME_CALL", "'referId' is the call itself.");
    }

    private static void LeaveConference(CloudCall call)
    {
        call.Conference.Remove(call.Id);
        call.Conference = [];
    }
}
