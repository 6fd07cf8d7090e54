using System.Text.Json.Nodes;
using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>The far end of a call: whoever dialled or was dialled.</summary>
internal interface IPhone
{
    /// <summary>Tells the phone something; returns at once.</summary>
    void Tell(JsonObject message);
}

/// <summary>
/// All calls. Every change happens under one lock together with the telling of it, so events leave in the order in
/// which things happened.
/// </summary>
internal sealed partial class CloudCalls(
    GoToCloudOptions options, TimeProvider time, CloudIds ids, CloudChannels channels, PhoneNetwork network, RtcEngine? engine,
    ILogger<GoToCloud> log, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _calls = [];

    /// <summary>A phone dials a number of one of the accounts.</summary>
    /// <exception cref="CloudRefusal">No line has that number, or the offer is no SDP.</exception>
    public string Dial(IPhone? phone, string from, string to, string sdpOffer)
    {
        var found = options.Accounts
            .SelectMany(account => account.Lines.Select(line => (Account: account, Line: line)))
            .FirstOrDefault(pair => pair.Line.Numbers.Contains(to));
        if (found.Line is null)
            throw CloudRefusal.NotFound("UNKNOWN_NUMBER", "No line has this number.");
        CheckSdp(sdpOffer, "sdp");
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var path = phone is null ? null : network.NewPath();
            var offer = OfTelephone(sdpOffer);
            var call = new CloudCall(ids.New("call"), found.Account, found.Line, outbound: false, from, to, now)
            {
                SdpOffer = path?.OfPhone(offer) ?? offer,
            };
            var entry = new Entry(call, phone) { Path = path };
            _calls[call.Id] = entry;
            After(entry, options.RingTimeout, () => EndQuietly(call.Id, "timeout"));
            log.CallRinging(call.Id, call.Line.Id);
            phone?.Tell(Message("ringing", call));
            channels.Publish(CloudEvents.Ringing(call, now));
            return call.Id;
        }
    }

    public JsonObject Get(CloudAccount account, string callId)
    {
        lock (_gate)
            return Find(account, callId).Call.ToJson();
    }

    public JsonObject Answer(CloudAccount account, string callId, string? sdpAnswer)
    {
        lock (_gate)
        {
            var entry = Find(account, callId);
            entry.Call.RequireUnanswered();
            CheckSdp(sdpAnswer, "sdpAnswer");
            var now = time.GetUtcNow();
            var connected = entry.Call.Answer(sdpAnswer!, now);
            var answer = Message("answer", entry.Call);
            answer["sdp"] = entry.Path?.OfUs(sdpAnswer!) ?? sdpAnswer;
            entry.Phone?.Tell(answer);
            if (connected)
                Connected(entry, now);
            return entry.Call.ToJson();
        }
    }

    /// <summary>We hang up; the reason counts only before the answer (decision C17).</summary>
    public JsonObject HangUp(CloudAccount account, string callId, string? reason)
    {
        lock (_gate)
        {
            var entry = Find(account, callId);
            var ringing = entry.Call.Phase == CallPhase.Ringing;
            if (entry.Call.Phase == CallPhase.Transferred)
                entry.Call.Require(CallPhase.Connected);
            End(entry, reason switch
            {
                null or "normal" => "agent_hangup",
                "busy" or "rejected" => ringing ? reason : "agent_hangup",
                _ => throw CloudRefusal.BadRequest("'reason' must be normal, busy or rejected."),
            });
            return entry.Call.ToJson();
        }
    }

    public JsonObject Hold(CloudAccount account, string callId) => Change(account, callId, (entry, now) =>
    {
        if (!entry.Call.Hold(now))
            return;
        entry.Phone?.Tell(Message("held", entry.Call));
        BeginMusic(entry);
        channels.Publish(CloudEvents.Held(entry.Call, now));
    });

    public JsonObject Resume(CloudAccount account, string callId) => Change(account, callId, Resume);

    public JsonObject Mute(CloudAccount account, string callId, bool muted) =>
        Change(account, callId, (entry, _) => entry.Call.Mute(muted));

    /// <summary>The far end hangs up; nothing happens when the call is over already or leaving us.</summary>
    public void RemoteHangUp(string callId)
    {
        lock (_gate)
        {
            if (HangUpWithoutUs(callId) || !_calls.TryGetValue(callId, out var entry)
                || entry.Call.Phase is CallPhase.Transferred)
            {
                return;
            }

            EndQuietly(callId, entry.Call.Phase == CallPhase.Dialing ? "rejected" : "caller_hangup");
        }
    }

    public JsonArray ToJson()
    {
        lock (_gate)
            return new JsonArray([.. _calls.Values.Select(entry => (JsonNode)entry.Call.ToJson())]);
    }

    public void Stop()
    {
        lock (_gate)
        {
            foreach (var entry in _calls.Values)
            {
                entry.StopTimers();
                entry.FarEndDescribed.TrySetResult();
                entry.Path?.Dispose();
            }

            _calls.Clear();
            _bridges.Clear();
            Voicemail.Dispose();
        }
    }

    private static void CheckSdp(string? sdp, string field)
    {
        if (sdp is null || !sdp.StartsWith("v=0", StringComparison.Ordinal))
            throw CloudRefusal.BadRequest($"'{field}' must be an SDP description.", "INVALID_SDP");
    }

    private static JsonObject Message(string type, CloudCall call) => new() { ["type"] = type, ["callId"] = call.Id };

    private JsonObject Change(CloudAccount account, string callId, Action<Entry, DateTimeOffset> change)
    {
        lock (_gate)
        {
            var entry = Find(account, callId);
            change(entry, time.GetUtcNow());
            return entry.Call.ToJson();
        }
    }

    private void Resume(Entry entry, DateTimeOffset now)
    {
        if (entry.Call.Resume(now) is not { } held)
            return;
        EndMusic(entry);
        entry.Phone?.Tell(Message("resumed", entry.Call));
        channels.Publish(CloudEvents.Resumed(entry.Call, held, now));
    }

    private void Connected(Entry entry, DateTimeOffset now)
    {
        entry.StopTimers();
        log.CallAnswered(entry.Call.Id);
        entry.Phone?.Tell(Message("connected", entry.Call));
        channels.Publish(CloudEvents.Connected(entry.Call, now));
        PlayConnected(entry, now);
    }

    /// <summary>Does something later, unless the call moves on before.</summary>
    private void After(Entry entry, TimeSpan wait, Action action)
    {
        ITimer? timer = null;
        timer = time.CreateTimer(_ =>
        {
            lock (_gate)
            {
                // A timer that was stopped may already have been on its way here.
                if (entry.Timers.Remove(timer!))
                    action();
            }
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        entry.Timers.Add(timer);
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void EndQuietly(string callId, string reason)
    {
        lock (_gate)
        {
            if (_calls.TryGetValue(callId, out var entry) && entry.Call.Phase != CallPhase.Ended)
                End(entry, reason);
        }
    }

    private void End(Entry entry, string reason)
    {
        var now = time.GetUtcNow();
        var call = entry.Call;
        call.End(reason, now);
        entry.StopTimers();
        After(entry, options.EndedCallMemory, () => Forget(call.Id));
        LeaveConference(call);
        EndMusic(entry);
        entry.FarEndDescribed.TrySetResult();
        entry.Path?.Dispose();
        log.CallEnded(call.Id, reason);
        if (call.TransferType is null)
            Part(entry);
        // A phone that talks with another one is told when that is over.
        if (!BridgesOf(entry).Any())
            TellEnded(entry, reason);
        channels.Publish(CloudEvents.Ended(call, now));
    }

    private void Forget(string callId)
    {
        lock (_gate)
        {
            if (_calls.Remove(callId, out var entry))
                entry.StopTimers();
            foreach (var key in _placed.Where(pair => pair.Value == callId).Select(pair => pair.Key).ToArray())
                _placed.Remove(key);
        }
    }

    private Entry Find(CloudAccount account, string callId) =>
        Find(callId) is var entry && entry.Call.Account.Key == account.Key ? entry : throw NoSuchCall();

    private Entry Find(string callId) => _calls.TryGetValue(callId, out var entry) ? entry : throw NoSuchCall();

    private static CloudRefusal NoSuchCall() => CloudRefusal.NotFound("CALL_NOT_FOUND", "There is no such call.");

    private sealed class Entry(CloudCall call, IPhone? phone)
    {
        public CloudCall Call { get; } = call;

        public IPhone? Phone { get; set; } = phone;

        /// <summary>The bad network that its audio takes; null when it goes straight.</summary>
        public ImpairedPath? Path { get; set; }

        /// <summary>What its phone hears while it is on hold.</summary>
        public HoldMusic? Music { get; set; }

        /// <summary>What the cloud plays in a phone's place.</summary>
        public FarEnd? FarEnd { get; set; }

        /// <summary>Done when the far end of an outbound call has given its SDP, or the call is over without.</summary>
        public TaskCompletionSource FarEndDescribed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What will happen to the call in this phase if nothing else does.</summary>
        public List<ITimer> Timers { get; } = [];

        public void StopTimers()
        {
            foreach (var timer in Timers)
                timer.Dispose();
            Timers.Clear();
        }
    }
}
