using GoTo.Numbers;

namespace GoTo.Calls;

/// <summary>A call as the fold of its events. Pure: no clock, no I/O, no randomness.</summary>
internal sealed partial record CallState
{
    public long Version { get; init; }
    public CallPhase Phase { get; init; }
    public CallDirection Direction { get; init; }
    public string From { get; init; } = "";
    public string To { get; init; } = "";
    public string LineId { get; init; } = "";
    public string? TraceParent { get; init; }

    /// <summary>The key of the dial that the call came of; null when it is inbound.</summary>
    public string? RequestId { get; init; }

    /// <summary>The room that it joins instead of one of its own.</summary>
    public string? GivenRoom { get; init; }

    /// <summary>How long it may ring.</summary>
    public TimeSpan RingTimeout { get; init; }

    /// <summary>Outbound: the remote phone rings, as GoTo says.</summary>
    public bool Alerted { get; init; }

    public string? Tenant { get; init; }
    public string? Agent { get; init; }
    public TimeSpan AgentTimeout { get; init; }

    /// <summary>
    /// What the number that was called meant when the phone rang, or the one that is shown when we dialed; null until the
    /// registry was asked, and where it knows of none.
    /// </summary>
    public NumberRegistration? Registration { get; init; }

    /// <summary>The call's record is in the store.</summary>
    public bool Recorded { get; init; }

    public string? Room { get; init; }
    /// <summary>Who put it on hold; null when it is not.</summary>
    public HoldOrigin? HeldBy { get; init; }

    /// <summary>The agent's audio is stopped; outlives hold and resume (resolution C7).</summary>
    public bool Muted { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public EndReason? EndReason { get; init; }
    public bool CallerHeard { get; init; }
    public bool AgentHeard { get; init; }

    public DateTimeOffset? AgentHeardAt { get; init; }

    /// <summary>When the early greeting was over; null before, and where there is none.</summary>
    public DateTimeOffset? GreetedAt { get; init; }

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

    /// <summary>Where GoTo has passed the call on to; then its end is due (resolution C9).</summary>
    public string? TransferTarget { get; init; }

    /// <summary>When GoTo said so.</summary>
    public DateTimeOffset? TransferredAt { get; init; }

    /// <summary>How many of the number's agents did not come.</summary>
    public int AgentsMissed { get; init; }

    /// <summary>The present agent is not dispatched to the room yet: it was made for another one.</summary>
    public bool DispatchDue { get; init; }

    /// <summary>How often the room server did not take the room, or the present agent's dispatch.</summary>
    public int DispatchRefusals { get; init; }

    /// <summary>Since when the call asks for its room, or in it for the present agent; null before.</summary>
    public DateTimeOffset? AgentAskedAt { get; init; }

    /// <summary>Since when the talk has no agent; null while it has one, and before it.</summary>
    public DateTimeOffset? AgentLostAt { get; init; }

    /// <summary>The name of the agent that left.</summary>
    public string? LostAgent { get; init; }

    /// <summary>How often the talk has lost its agent.</summary>
    public int AgentLosses { get; init; }

    /// <summary>How many agents were sought since it was lost.</summary>
    public int AgentsSought { get; init; }

    /// <summary>When the last of them was.</summary>
    public DateTimeOffset? AgentSoughtAt { get; init; }

    /// <summary>It is in a conference of GoTo's, whose parties hear each other without an agent.</summary>
    public bool InConference { get; init; }

    /// <summary>Where the call goes once it is answered, since no agent takes it.</summary>
    public string? FallbackTarget { get; init; }

    /// <summary>Since when the phone sends no audio; null while it does.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>That was said in the journal.</summary>
    public bool WarnedOfSilence { get; init; }

    /// <summary>It was given up because it rang too long.</summary>
    public bool RangTooLong { get; init; }

    /// <summary>The transfer or conference that works with the call; null when none does.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>What services have asked of the call, oldest first: all that is open, and the last hundred.</summary>
    public IReadOnlyList<CommandRecord> Commands { get; init; } = [];

    /// <summary>Events of holds and resumes that are due, since GoTo's replies told of them first.</summary>
    public IReadOnlyList<HoldEcho> Echoes { get; init; } = [];

    /// <summary>Keys that one way has told of, and the other has not yet.</summary>
    public IReadOnlyList<HeardDigit> Digits { get; init; } = [];

    /// <summary>Folds one journal entry in. Total: every event is legal in every state, since it has happened.</summary>
    public CallState Apply(CallJournalEntry entry)
    {
        // Late events never revive an ended call (resolution E3): only that its audio was let go, and that it is on record, still counts.
        var counts = Phase is not CallPhase.Ended || entry.Event is MediaClosed or RecordWritten;
        return (counts ? Apply(entry.Event, entry.At, entry.Version) : this) with { Version = entry.Version };
    }

    private CallState Apply(CallEvent happened, DateTimeOffset at, long version) => happened switch
    {
        Rang e => this with
        {
            Phase = CallPhase.Ringing, Direction = CallDirection.Inbound,
            From = e.From, To = e.To, LineId = e.LineId, TraceParent = e.TraceParent, CreatedAt = at,
        },
        Dialed { Request: var r } e => this with
        {
            Phase = CallPhase.Dialing, Direction = CallDirection.Outbound, From = r.CallerId ?? "", To = r.To, LineId = r.LineId,
            Tenant = r.Tenant, Agent = r.Agent, GivenRoom = r.Room, ClaimedBy = r.ClaimedBy, RingTimeout = r.RingTimeout,
            RequestId = e.RequestId, Registration = e.Registration, TraceParent = e.TraceParent, CreatedAt = at, HoldsAudio = true,
            AgentAskedAt = at,
        },
        Calls.Alerted => this with { Alerted = true },
        NumberResolved e => this with
        {
            Tenant = e.Tenant, Agent = e.Agent, AgentTimeout = e.AgentTimeout, Registration = e.Registration, HoldsAudio = true,
            AgentAskedAt = at,
        },
        QuotaExceeded e => this with { Tenant = e.Tenant },
        RecordWritten => this with { Recorded = true },
        RoomJoined e => this with { Room = e.Room, MediaOpen = true, AgentReady = false, DispatchRefusals = 0, SilentSince = null },
        // Without a room they share the time: whichever agent it is for, it is the same server that does not make it.
        AgentMissing => this with
        {
            AgentsMissed = AgentsMissed + 1, Agent = NextAgent ?? Agent, DispatchDue = NextAgent is not null, DispatchRefusals = 0,
            AgentAskedAt = MediaOpen ? at : AgentAskedAt,
        },
        DispatchRefused => this with { DispatchRefusals = DispatchRefusals + 1 },
        // One that has not come yet was dispatched with the room.
        AgentLost => this with
        {
            AgentReady = false, AgentLostAt = at, LostAgent = Agent, AgentLosses = AgentLosses + 1,
            AgentsSought = AgentReady || Direction is CallDirection.Outbound && AgentHeard ? 0 : 1, AgentSoughtAt = at,
        },
        AgentSought e => this with { Agent = e.Agent, DispatchDue = true, DispatchRefusals = 0, AgentsSought = AgentsSought + 1, AgentSoughtAt = at },
        AgentDispatched => this with { DispatchDue = false, DispatchRefusals = 0, AgentSoughtAt = at },
        FallbackIntended e => this with { FallbackTarget = e.Target, HoldsAudio = true },
        AudioLapsed e => this with { SilentSince = at - e.Already, WarnedOfSilence = false },
        AudioReturned => this with { SilentSince = null, WarnedOfSilence = false },
        AudioMissing => this with { WarnedOfSilence = true },
        TimeLimitReached { Limit: TimeLimit.Ringing } => this with { RangTooLong = true },
        Calls.AgentReady => this with { AgentReady = true, AgentLostAt = null, AgentsSought = 0, AgentSoughtAt = null, DispatchDue = false },
        AnswerIntended => this with
        {
            Phase = Direction is CallDirection.Outbound ? Phase : CallPhase.Offering,
            Answer = RequestProgress.Intended, AnswerAttempts = AnswerAttempts + 1,
        },
        AnswerAccepted => this with { Answer = RequestProgress.Accepted },
        AnswerFailed => this with { Answer = RequestProgress.Failed },
        Connected e => this with { Phase = CallPhase.Connected, AnsweredAt = AnsweredAt ?? e.AnsweredAt ?? at },
        AudioStarted { Direction: AudioDirection.FromCaller } => this with { CallerHeard = true },
        AudioStarted { Direction: AudioDirection.FromAgent } => this with { AgentHeard = true, AgentHeardAt = at },
        Calls.Greeted => this with { GreetedAt = at },
        MediaFailed => this with
        {
            MediaOpen = false, AgentReady = false, AgentLostAt = null, Room = null, MediaFailures = MediaFailures + 1,
            DispatchDue = false, DispatchRefusals = 0, AgentAskedAt = at,
        },
        MediaClosed => this with { MediaOpen = false, HoldsAudio = false },
        Reconciled => (Unanswered ? this with { Phase = Phase is CallPhase.Dialing ? Phase : CallPhase.Ringing, Answer = RequestProgress.None } : this) with
        {
            // Asked since: a request that is still open did not arrive, and may leave again.
            Commands = Commands.Select(c => c is { IsOpen: true, Stage: CommandStage.Sent } ? c with { Stage = CommandStage.Accepted } : c).ToArray(),
            Echoes = [],
        },
        HangUpIntended e => this with { HangUp = RequestProgress.Intended, HangUpReason = e.Reason },
        HangUpAccepted => this with { HangUp = RequestProgress.Accepted },
        HangUpFailed => this with { HangUp = RequestProgress.Failed, HangUpFailures = HangUpFailures + 1 },
        CommandAccepted e => this with { Commands = [.. Remembered, new CommandRecord(e.Id, e.Operation, version)] },
        CommandSent e => Change(e.Id, c => c with { Stage = CommandStage.Sent, Attempts = c.Attempts + 1 }),
        CommandTaken e => Change(e.Id, c => c with { Stage = CommandStage.Taken }),
        CommandSettled e => Change(e.Outcome.Id, c => c with { Outcome = e.Outcome }),
        Held e => this with { HeldBy = e.By, Echoes = e.ByReply ? [.. Echoes, new HoldEcho(true, at + EchoPatience)] : Echoes },
        Resumed e => this with { HeldBy = null, SilentSince = SilentSince is null ? null : at, Echoes = e.ByReply ? [.. Echoes, new HoldEcho(false, at + EchoPatience)] : Echoes },
        // They come in order: what was due before this one does not come any more.
        HoldConfirmed e => this with { Echoes = Echoes.SkipWhile(due => due.OnHold != e.OnHold).Skip(1).ToArray() },
        Merged => this with { InConference = true },
        Calls.Muted => this with { Muted = true },
        Unmuted => this with { Muted = false },
        Calls.Transferred e => this with { TransferTarget = e.Target, TransferredAt = at },
        DigitReceived e => this with { Digits = [.. Unexpired(at), new HeardDigit(e.Digit, e.Source, at)] },
        DigitConfirmed e => this with { Digits = Confirmed(e, at) },
        Claimed e => this with { ClaimedBy = e.By },
        Released => this with { ClaimedBy = null },
        Ended e => this with { Phase = CallPhase.Ended, HeldBy = null, EndedAt = at, EndReason = e.Reason },
        _ => this,
    };

    /// <summary>How long an event may come after the reply that told of the same.</summary>
    private static readonly TimeSpan EchoPatience = TimeSpan.FromSeconds(5);

    private const int MostSettledCommands = 100;
    private const int MostDigits = 64;

    private IEnumerable<CommandRecord> Remembered
    {
        get
        {
            var surplus = Commands.Count(c => !c.IsOpen) - MostSettledCommands;
            return Commands.Where(c => c.IsOpen || surplus-- <= 0);
        }
    }

    private CallState Change(CommandId id, Func<CommandRecord, CommandRecord> change) =>
        this with { Commands = Commands.Select(c => c.Id == id ? change(c) : c).ToArray() };

    private IEnumerable<HeardDigit> Unexpired(DateTimeOffset now) =>
        Digits.Where(heard => now - heard.At < DigitRules.Window).TakeLast(MostDigits - 1);

    private HeardDigit[] Confirmed(DigitConfirmed confirmed, DateTimeOffset now)
    {
        var heard = Unexpired(now).ToList();
        heard.RemoveAt(heard.FindIndex(d => d.IsOther(confirmed.Digit, confirmed.Source)));
        return [.. heard];
    }

    public CallSnapshot ToSnapshot(CallKey key) => new()
    {
        Key = key, Version = Version, Phase = Phase, Direction = Direction, From = From, To = To, LineId = LineId,
        Tenant = Tenant, Agent = Agent, Room = Room, OnHold = OnHold, CreatedAt = CreatedAt, AnsweredAt = AnsweredAt,
        EndedAt = EndedAt, EndReason = EndReason, CallerHeard = CallerHeard, AgentHeard = AgentHeard, HeldBy = HeldBy, Muted = Muted,
        TransferTarget = TransferTarget, ClaimedBy = ClaimedBy,
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
