using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>How far a call has come; held and muted are beside it, not in it (decision C7).</summary>
internal enum CallPhase
{
    Dialing,
    Ringing,
    Connected,
    Transferred,
    Ended,
}

/// <summary>
/// One call and what it allows in which phase (specification section 5.3). No clock, no lock, no socket: the moment is
/// given, and <see cref="CloudCalls"/> guards it and tells everybody.
/// </summary>
internal sealed class CloudCall(
    string id, CloudAccount account, CloudLine line, bool outbound, string from, string to, DateTimeOffset createdAt)
{
    public string Id { get; } = id;

    public CloudAccount Account { get; } = account;

    public CloudLine Line { get; } = line;

    public string From { get; } = from;

    public string To { get; } = to;

    public bool Outbound { get; } = outbound;

    /// <summary>
    /// Outbound, in the public API: the offer is its client's and the answer the far end's, instead of the other way round.
    /// </summary>
    public bool ClientOffers { get; init; }

    public string Direction => Outbound ? "outbound" : "inbound";

    public string? SdpOffer { get; set; }

    public string? SdpAnswer { get; private set; }

    public CallPhase Phase { get; private set; } = outbound ? CallPhase.Dialing : CallPhase.Ringing;

    /// <summary>Outbound: the far end has answered, whether or not our media has (decision C2).</summary>
    public bool FarEndAnswered { get; private set; }

    public string? TransferType { get; private set; }

    public string? TransferTarget { get; private set; }

    public DateTimeOffset? TransferredAt { get; private set; }

    /// <summary>The calls that are one conversation with this one, itself among them.</summary>
    public HashSet<string> Conference { get; set; } = [];

    public bool Muted { get; private set; }

    public DateTimeOffset? HoldStartedAt { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public string? EndReason { get; private set; }

    /// <summary>The state's word on the wire: held before muted before connected.</summary>
    public string State => Phase switch
    {
        CallPhase.Dialing => "dialing",
        CallPhase.Ringing => "ringing",
        CallPhase.Transferred => "transferred",
        CallPhase.Ended => "ended",
        _ => HoldStartedAt is not null ? "held" : Muted ? "muted" : "connected",
    };

    /// <summary>Talk time from the answer on; 0 for a call that was never answered (decision E19).</summary>
    public int DurationSeconds =>
        AnsweredAt is { } answered && EndedAt is { } ended ? (int)(ended - answered).TotalSeconds : 0;

    /// <summary>Takes the SDP answer, ours or the far end's; true when the call is connected by it.</summary>
    public bool Answer(string sdpAnswer, DateTimeOffset now)
    {
        RequireUnanswered();
        SdpAnswer = sdpAnswer;
        return Connect(now);
    }

    /// <summary>The far end of an outbound call answers; true when the call is connected by it.</summary>
    public bool AnswerFarEnd(DateTimeOffset now)
    {
        Require(CallPhase.Dialing);
        FarEndAnswered = true;
        return Connect(now);
    }

    public void RequireUnanswered()
    {
        if (SdpAnswer is not null && Phase != CallPhase.Ended)
            throw CloudRefusal.Conflict("CALL_ALREADY_ANSWERED", "The call is answered already.");
        Require(Outbound ? CallPhase.Dialing : CallPhase.Ringing);
    }

    /// <summary>The far end is handed over to somebody else; only the end is left.</summary>
    public void Transfer(string type, string target, DateTimeOffset now)
    {
        if (Phase is CallPhase.Transferred or CallPhase.Ended)
            throw Refused();
        TransferType = type;
        TransferTarget = target;
        TransferredAt = now;
        HoldStartedAt = null;
        Phase = CallPhase.Transferred;
    }

    public void End(string reason, DateTimeOffset now)
    {
        if (Phase == CallPhase.Ended)
            throw Refused();
        Phase = CallPhase.Ended;
        EndReason = reason;
        EndedAt = now;
    }

    /// <summary>Puts the call on hold; false when it is already.</summary>
    public bool Hold(DateTimeOffset now)
    {
        Require(CallPhase.Connected);
        if (HoldStartedAt is not null)
            return false;
        HoldStartedAt = now;
        return true;
    }

    /// <summary>Resumes the call and tells how long it was held; null when it was not.</summary>
    public TimeSpan? Resume(DateTimeOffset now)
    {
        Require(CallPhase.Connected);
        var held = now - HoldStartedAt;
        HoldStartedAt = null;
        return held;
    }

    public void Mute(bool muted)
    {
        Require(CallPhase.Connected);
        Muted = muted;
    }

    public void Require(CallPhase phase)
    {
        if (Phase != phase)
            throw Refused();
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["callId"] = Id,
            ["state"] = State,
            ["direction"] = Direction,
            ["from"] = From,
            ["to"] = To,
            ["lineId"] = Line.Id,
            ["createdAt"] = CreatedAt,
        };
        if (ClientOffers)
        {
            json["legId"] = $"leg_{Id}";
            json["extensionNumber"] = Line.Extension;
        }

        Add("sdpOffer", SdpOffer);
        Add("sdpAnswer", SdpAnswer);
        Add("answeredAt", Moment(AnsweredAt));
        Add("holdStartedAt", Moment(HoldStartedAt));
        Add("transferType", TransferType);
        Add("transferTarget", TransferTarget);
        Add("transferredAt", Moment(TransferredAt));
        Add("endedAt", Moment(EndedAt));
        Add("endReason", EndReason);
        return json;

        void Add(string name, string? value)
        {
            if (value is not null)
                json[name] = value;
        }

        static string? Moment(DateTimeOffset? moment) => moment is { } known ? CloudReplies.Moment(known) : null;
    }

    private string CreatedAt { get; } = CloudReplies.Moment(createdAt);

    private bool Connect(DateTimeOffset now)
    {
        if (SdpAnswer is null || (Outbound && !FarEndAnswered))
            return false;
        AnsweredAt = now;
        Phase = CallPhase.Connected;
        return true;
    }

    private CloudRefusal Refused() => Phase switch
    {
        CallPhase.Transferred => CloudRefusal.Conflict("CALL_TRANSFERRED", "The call is transferred already."),
        CallPhase.Ended => CloudRefusal.Conflict("CALL_ENDED", $"The call has ended ({EndReason})."),
        CallPhase.Connected => CloudRefusal.Conflict("CALL_ALREADY_ANSWERED", "The call is answered already."),
        _ => CloudRefusal.Conflict("CALL_NOT_CONNECTED", "The call is not connected."),
    };
}
