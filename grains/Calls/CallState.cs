namespace GoTo.Calls;

/// <summary>A call as the fold of its events. Pure: no clock, no I/O, no randomness.</summary>
internal sealed record CallState
{
    public long Version { get; init; }
    public CallPhase Phase { get; init; }
    public CallDirection Direction { get; init; }
    public string From { get; init; } = "";
    public string To { get; init; } = "";
    public string LineId { get; init; } = "";
    public string? TraceParent { get; init; }
    public string? Tenant { get; init; }
    public string? Agent { get; init; }
    public TimeSpan AgentTimeout { get; init; }
    public string? Room { get; init; }
    public bool OnHold { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public EndReason? EndReason { get; init; }
    public bool CallerHeard { get; init; }
    public bool AgentHeard { get; init; }

    /// <summary>The agent is in the room and audible: the answer gate is open.</summary>
    public bool AgentReady { get; init; }

    /// <summary>How far our SDP answer has come.</summary>
    public RequestProgress Answer { get; init; }

    /// <summary>How far our hang-up has come.</summary>
    public RequestProgress HangUp { get; init; }

    /// <summary>What GoTo is or was told on hang-up.</summary>
    public HangUpReason HangUpReason { get; init; }

    /// <summary>Hang-ups that GoTo did not take; the pauses between them grow with it.</summary>
    public int HangUpFailures { get; init; }

    /// <summary>How often our SDP answer was about to leave. None: whoever answered, it was not us.</summary>
    public int AnswerAttempts { get; init; }

    /// <summary>The call is in its room, as far as the journal knows.</summary>
    public bool MediaOpen { get; init; }

    /// <summary>
    /// Some silo may hold audio of the call: from before the first room is asked for until all is let go, whatever
    /// failed in between.
    /// </summary>
    public bool HoldsAudio { get; init; }

    /// <summary>How often the audio was lost.</summary>
    public int MediaFailures { get; init; }

    /// <summary>GoTo has passed the call on; its end is due (resolution C9).</summary>
    public bool Transferred { get; init; }

    /// <summary>
    /// An answer was intended and nothing came of it. Once GoTo was asked since, it never arrived there: it may be sent
    /// again. If it did arrive, <see cref="Connected"/> follows in the same breath.
    /// </summary>
    public bool Unanswered => Phase is CallPhase.Offering && Answer is RequestProgress.Intended;

    /// <summary>Folds one journal entry in. Total: every event is legal in every state, since it has happened.</summary>
    public CallState Apply(CallJournalEntry entry)
    {
        // Late events never revive an ended call (resolution E3): only that its audio was let go still counts.
        var counts = Phase is not CallPhase.Ended || entry.Event is MediaClosed;
        return (counts ? Apply(entry.Event, entry.At) : this) with { Version = entry.Version };
    }

    private CallState Apply(CallEvent happened, DateTimeOffset at) => happened switch
    {
        Rang e => this with
        {
            Phase = CallPhase.Ringing, Direction = CallDirection.Inbound,
            From = e.From, To = e.To, LineId = e.LineId, TraceParent = e.TraceParent, CreatedAt = at,
        },
        NumberResolved e => this with
        {
            Tenant = e.Tenant, Agent = e.Agent, AgentTimeout = e.AgentTimeout, HoldsAudio = true,
        },
        RoomJoined e => this with { Room = e.Room, MediaOpen = true, AgentReady = false },
        Calls.AgentReady => this with { AgentReady = true },
        AnswerIntended => this with
        {
            Phase = CallPhase.Offering, Answer = RequestProgress.Intended, AnswerAttempts = AnswerAttempts + 1,
        },
        AnswerAccepted => this with { Answer = RequestProgress.Accepted },
        AnswerFailed => this with { Answer = RequestProgress.Failed },
        Connected e => this with { Phase = CallPhase.Connected, AnsweredAt = AnsweredAt ?? e.AnsweredAt ?? at },
        AudioStarted { Direction: AudioDirection.FromCaller } => this with { CallerHeard = true },
        AudioStarted { Direction: AudioDirection.FromAgent } => this with { AgentHeard = true },
        MediaFailed => this with
        {
            MediaOpen = false, AgentReady = false, Room = null, MediaFailures = MediaFailures + 1,
        },
        MediaClosed => this with { MediaOpen = false, HoldsAudio = false },
        Reconciled when Unanswered => this with { Phase = CallPhase.Ringing, Answer = RequestProgress.None },
        HangUpIntended e => this with { HangUp = RequestProgress.Intended, HangUpReason = e.Reason },
        HangUpAccepted => this with { HangUp = RequestProgress.Accepted },
        HangUpFailed => this with { HangUp = RequestProgress.Failed, HangUpFailures = HangUpFailures + 1 },
        Held => this with { OnHold = true },
        Resumed => this with { OnHold = false },
        Calls.Transferred => this with { Transferred = true },
        Ended e => this with { Phase = CallPhase.Ended, OnHold = false, EndedAt = at, EndReason = e.Reason },
        _ => this,
    };

    public CallSnapshot ToSnapshot(CallKey key) => new()
    {
        Key = key, Version = Version, Phase = Phase, Direction = Direction, From = From, To = To, LineId = LineId,
        Tenant = Tenant, Agent = Agent, Room = Room, OnHold = OnHold, CreatedAt = CreatedAt, AnsweredAt = AnsweredAt,
        EndedAt = EndedAt, EndReason = EndReason, CallerHeard = CallerHeard, AgentHeard = AgentHeard,
    };
}

/// <summary>How far a request to GoTo has come. Intended is journaled before the request leaves.</summary>
internal enum RequestProgress
{
    None,
    Intended,
    Accepted,
    Failed,
}
