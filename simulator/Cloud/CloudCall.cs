using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>How far a call has come; held and muted are beside it, not in it (decision C7).</summary>
internal enum CallPhase
{
    Ringing,
    Connected,
    Ended,
}

/// <summary>
/// One inbound call and what it allows in which phase (specification section 5.3). No clock, no lock, no socket: the
/// moment is given, and <see cref="CloudCalls"/> guards it and tells everybody.
/// </summary>
internal sealed class CloudCall(
    string id, CloudAccount account, CloudLine line, string from, string to, string sdpOffer, DateTimeOffset createdAt)
{
    public string Id { get; } = id;

    public CloudAccount Account { get; } = account;

    public CloudLine Line { get; } = line;

    public string From { get; } = from;

    public string To { get; } = to;

    public string SdpOffer { get; } = sdpOffer;

    public string? SdpAnswer { get; private set; }

    public CallPhase Phase { get; private set; }

    public bool Muted { get; private set; }

    public DateTimeOffset? HoldStartedAt { get; private set; }

    public DateTimeOffset? AnsweredAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public string? EndReason { get; private set; }

    /// <summary>The state's word on the wire: held before muted before connected.</summary>
    public string State => Phase switch
    {
        CallPhase.Ringing => "ringing",
        CallPhase.Ended => "ended",
        _ => HoldStartedAt is not null ? "held" : Muted ? "muted" : "connected",
    };

    /// <summary>Talk time from the answer on; 0 for a call that was never answered (decision E19).</summary>
    public int DurationSeconds =>
        AnsweredAt is { } answered && EndedAt is { } ended ? (int)(ended - answered).TotalSeconds : 0;

    public void Answer(string sdpAnswer, DateTimeOffset now)
    {
        Require(CallPhase.Ringing);
        SdpAnswer = sdpAnswer;
        AnsweredAt = now;
        Phase = CallPhase.Connected;
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
            ["direction"] = "inbound",
            ["from"] = From,
            ["to"] = To,
            ["lineId"] = Line.Id,
            ["sdpOffer"] = SdpOffer,
            ["createdAt"] = CreatedAt,
        };
        Add("sdpAnswer", SdpAnswer);
        Add("answeredAt", Moment(AnsweredAt));
        Add("holdStartedAt", Moment(HoldStartedAt));
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

    private CloudRefusal Refused() => Phase switch
    {
        CallPhase.Ended => CloudRefusal.Conflict("CALL_ENDED", $"The call has ended ({EndReason})."),
        CallPhase.Connected => CloudRefusal.Conflict("CALL_ALREADY_ANSWERED", "The call is answered already."),
        _ => CloudRefusal.Conflict("CALL_NOT_CONNECTED", "The call is not connected."),
    };
}
