using System.Text.Json.Serialization;
using GoTo.Media;

namespace GoTo.Calls;

/// <summary>What follows from a call's state. Not stored.</summary>
internal sealed partial record CallState
{
    [JsonIgnore]
    public bool IsLive => Phase is not (CallPhase.Initial or CallPhase.Ended);

    [JsonIgnore]
    public bool OnHold => HeldBy is not null;

    /// <summary>
    /// An answer was intended and nothing came of it. Once GoTo was asked since, it never arrived there: it may be sent
    /// again. If it did arrive, <see cref="Connected"/> follows in the same breath.
    /// </summary>
    [JsonIgnore]
    public bool Unanswered => Phase is CallPhase.Offering or CallPhase.Dialing && Answer is RequestProgress.Intended;

    /// <summary>
    /// Our SDP answer is due: the phone rings, or GoTo has offered its audio for a call that we placed, which may be answered
    /// there before (resolution C2).
    /// </summary>
    [JsonIgnore]
    public bool MayAnswer => Phase is CallPhase.Ringing
        || Direction is CallDirection.Outbound && (Phase is CallPhase.Dialing or CallPhase.Connected) && Answer is RequestProgress.None;

    /// <summary>
    /// The talk has no agent, and something is to be done about it. Not while a transfer or a conference has the call, nor while
    /// it leaves: there somebody else looks after the caller.
    /// </summary>
    [JsonIgnore]
    public bool LacksAgent => Phase is CallPhase.Connected && AgentLostAt is not null && IsOurs && MediaOpen && !IsLeaving && !InConference
        && HangUp is RequestProgress.None && FallbackTarget is null && ClaimedBy is null;

    /// <summary>The agent that is asked when the present one does not come.</summary>
    [JsonIgnore]
    public string? NextAgent => Registration?.Agents.ElementAtOrDefault(AgentsMissed + 1);

    /// <summary>GoTo has passed the call on; its end is due (resolution C9).</summary>
    [JsonIgnore]
    public bool Transferred => TransferTarget is not null;

    /// <summary>GoTo has taken a transfer, or has done it.</summary>
    [JsonIgnore]
    public bool IsLeaving => Transferred || OpenCommands.Any(c => c.IsTransfer);

    [JsonIgnore]
    public bool IsHangingUp => HangUp is RequestProgress.Intended or RequestProgress.Accepted;

    /// <summary>We are in the talk: we placed the call, or we answered it.</summary>
    [JsonIgnore]
    public bool IsOurs => Direction is CallDirection.Outbound || AnswerAttempts > 0;

    /// <summary>
    /// Our SDP answer may leave: the agent is ready, or a service does not want to wait for it. A call that we placed waits
    /// for nobody: until the remote party answers there is time.
    /// </summary>
    [JsonIgnore]
    public bool GateOpen => FallbackTarget is not null || MediaOpen && (Direction is CallDirection.Outbound || AgentReady || EarlyGreeting is not null || OpenOf<CallOperation.Answer>() is not null);

    /// <summary>What the caller hears while the agent gets ready; null when the phone rings until then.</summary>
    [JsonIgnore]
    public string? EarlyGreeting => Direction is CallDirection.Inbound ? Registration?.EarlyGreeting : null;

    /// <summary>The phone was answered for the early greeting, and the agent is still to come.</summary>
    [JsonIgnore]
    public bool IsGreeting => Phase is CallPhase.Connected && EarlyGreeting is not null && IsOurs && MediaOpen && !AgentReady && AgentLosses == 0 && FallbackTarget is null && !IsLeaving;

    /// <summary>
    /// How long the other party heard nothing after the answer, or after the early greeting: until the agent, else until the call
    /// was passed on, else until it ended. Zero when the agent was there first, or when it ended within the greeting; null when
    /// we did not answer, and when the greeting's end is not known, since its silo was lost.
    /// </summary>
    [JsonIgnore]
    public TimeSpan? DeadAir
    {
        get
        {
            if (AnsweredAt is null || !IsOurs || EarlyGreeting is not null && GreetedAt is null && MediaFailures > 0) return null;
            var heardUntil = EarlyGreeting is null ? AnsweredAt : GreetedAt;
            return (AgentHeardAt ?? TransferredAt ?? EndedAt) - heardUntil is { Ticks: > 0 } dead ? dead : TimeSpan.Zero;
        }
    }

    [JsonIgnore]
    public IEnumerable<CommandRecord> OpenCommands => Commands.Where(c => c.IsOpen);

    /// <summary>The command whose request is to leave next; none while an earlier one is still in doubt.</summary>
    [JsonIgnore]
    public CommandRecord? NextRequest =>
        OpenCommands.FirstOrDefault(c => c.HasRequest && !c.IsPlaying) is { Stage: CommandStage.Accepted } next ? next : null;

    /// <summary>On hold once everything that is open is done.</summary>
    [JsonIgnore]
    public bool WillBeOnHold => OpenCommands.LastOrDefault(ChangesHold) is { } last ? last.Operation is CallOperation.Hold : OnHold;

    [JsonIgnore]
    public bool HoldIsChanging => OpenCommands.Any(ChangesHold);

    /// <summary>Muted once everything that is open is done.</summary>
    [JsonIgnore]
    public bool WillBeMuted => OpenCommands.LastOrDefault(ChangesMute) is { } last ? last.Operation is CallOperation.Mute : Muted;

    [JsonIgnore]
    public bool MuteIsChanging => OpenCommands.Any(ChangesMute);

    /// <summary>
    /// What of the audio is passed on: held and muted begin when they are asked for, before GoTo knows, and last until GoTo
    /// has lifted them.
    /// </summary>
    [JsonIgnore]
    public MediaFlow Flow
    {
        get
        {
            var onHold = OnHold || OpenOf<CallOperation.Hold>() is not null;
            return new(onHold, Muted || OpenOf<CallOperation.Mute>() is not null)
            {
                Announcement = LacksAgent && !onHold ? Registration?.AgentLoss.Announcement : null,
            };
        }
    }

    /// <summary>How the call stands, as its room is told.</summary>
    [JsonIgnore]
    public string SipStatus => Phase switch
    {
        CallPhase.Ended => SipCallStatus.HangUp,
        CallPhase.Connected when IsGreeting => SipCallStatus.Ringing,
        CallPhase.Connected => OpenOf<CallOperation.SendDtmf>() is null ? SipCallStatus.Active : SipCallStatus.Automation,
        CallPhase.Dialing => Alerted ? SipCallStatus.Ringing : SipCallStatus.Dialing,
        _ => SipCallStatus.Ringing,
    };

    /// <summary>A command by its id; null when there was none, or none is remembered.</summary>
    public CommandRecord? Command(CommandId id) => Commands.FirstOrDefault(c => c.Id == id);

    /// <summary>The oldest open command for an operation.</summary>
    public CommandRecord? OpenOf<T>() where T : CallOperation => OpenCommands.FirstOrDefault(c => c.Operation is T);

    private static bool ChangesHold(CommandRecord command) => command.Operation is CallOperation.Hold or CallOperation.Resume;

    private static bool ChangesMute(CommandRecord command) => command.Operation is CallOperation.Mute or CallOperation.Unmute;
}
