using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>What passes between the two ends of a call beside its audio: keys, candidates, word of a recording.</summary>
internal sealed partial class CloudCalls
{
    /// <summary>We send digits; the phone hears them.</summary>
    public JsonObject SendDtmf(CloudAccount account, string callId, string? digits, int? durationMs, int? gapMs) =>
        Change(account, callId, (entry, _) =>
        {
            entry.Call.Require(CallPhase.Connected);
            if (string.IsNullOrEmpty(digits) || digits.Length > 64 || !digits.All(IsDigit))
                throw CloudRefusal.BadRequest("'digits' must be 1 to 64 of 0-9, *, #, A-D.", "INVALID_DTMF");
            if (durationMs is < 40 or > 5000)
                throw CloudRefusal.BadRequest("'durationMs' must be 40 to 5000.");
            if (gapMs is < 40)
                throw CloudRefusal.BadRequest("'gapMs' must be at least 40.");
            foreach (var digit in digits)
            {
                var message = Message("dtmf", entry.Call);
                message["digit"] = digit.ToString();
                message["durationMs"] = durationMs ?? 100;
                entry.Phone?.Tell(message);
            }
        });

    /// <summary>We send an ICE candidate; the phone gets it.</summary>
    public void SendCandidate(
        CloudAccount account, string callId, string candidate, string? sdpMid, int? sdpMLineIndex) =>
        Change(account, callId, (entry, _) =>
        {
            if (entry.Call.Phase == CallPhase.Ended)
                entry.Call.Require(CallPhase.Connected);
            // A late candidate would lead past a bad network.
            if (entry.Path is not null)
                return;
            var message = Message("candidate", entry.Call);
            message["candidate"] = candidate;
            message["sdpMid"] = sdpMid;
            message["sdpMLineIndex"] = sdpMLineIndex;
            entry.Phone?.Tell(message);
        });

    public void RemoteDtmf(string callId, string? digit, int? durationMs)
    {
        if (digit is not { Length: 1 } || !IsDigit(digit[0]))
            throw CloudRefusal.BadRequest("'digit' must be one of 0-9, *, #, A-D.");
        lock (_gate)
        {
            var entry = Find(callId);
            entry.Call.Require(CallPhase.Connected);
            channels.Publish(CloudEvents.Dtmf(entry.Call, digit, durationMs ?? 120, time.GetUtcNow()));
        }
    }

    /// <summary>A recording of the call changes; the specification names the event and gives it no shape.</summary>
    public void Record(string callId, string status)
    {
        lock (_gate)
        {
            var entry = Find(callId);
            channels.Publish(CloudEvents.Recording(entry.Call, status, $"rec_{callId}", time.GetUtcNow()));
        }
    }

    public void RemoteCandidate(string callId, string candidate, string? sdpMid, int? sdpMLineIndex)
    {
        lock (_gate)
        {
            var entry = Find(callId);
            if (entry.Call.Phase == CallPhase.Ended || entry.Path is not null)
                return;
            channels.Publish(
                CloudEvents.IceCandidate(entry.Call, candidate, sdpMid, sdpMLineIndex, time.GetUtcNow()));
        }
    }

    private static bool IsDigit(char digit) => "0123456789*#ABCD".Contains(digit);
}
