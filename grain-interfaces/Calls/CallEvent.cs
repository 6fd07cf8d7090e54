using System.Text.Json.Serialization;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Calls;

/// <summary>
/// Something that happened to a call, in the past tense. A call is the fold of its events; the journal keeps them in
/// order, each with its version and time (<see cref="CallJournalEntry"/>).
/// </summary>
[GenerateSerializer, Immutable, Alias("call.event")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Rang), "rang")]
[JsonDerivedType(typeof(Dialed), "dialed")]
[JsonDerivedType(typeof(Alerted), "alerted")]
[JsonDerivedType(typeof(NumberResolved), "number-resolved")]
[JsonDerivedType(typeof(NumberUnknown), "number-unknown")]
[JsonDerivedType(typeof(QuotaExceeded), "quota-exceeded")]
[JsonDerivedType(typeof(RoomJoined), "room-joined")]
[JsonDerivedType(typeof(AgentReady), "agent-ready")]
[JsonDerivedType(typeof(AgentMissing), "agent-missing")]
[JsonDerivedType(typeof(AgentLost), "agent-lost")]
[JsonDerivedType(typeof(AgentSought), "agent-sought")]
[JsonDerivedType(typeof(AgentDispatched), "agent-dispatched")]
[JsonDerivedType(typeof(DispatchRefused), "dispatch-refused")]
[JsonDerivedType(typeof(FallbackIntended), "fallback-intended")]
[JsonDerivedType(typeof(AnswerIntended), "answer-intended")]
[JsonDerivedType(typeof(AnswerAccepted), "answer-accepted")]
[JsonDerivedType(typeof(AnswerFailed), "answer-failed")]
[JsonDerivedType(typeof(Connected), "connected")]
[JsonDerivedType(typeof(AudioStarted), "audio-started")]
[JsonDerivedType(typeof(Greeted), "greeted")]
[JsonDerivedType(typeof(AudioLapsed), "audio-lapsed")]
[JsonDerivedType(typeof(AudioReturned), "audio-returned")]
[JsonDerivedType(typeof(AudioMissing), "audio-missing")]
[JsonDerivedType(typeof(TimeLimitReached), "time-limit-reached")]
[JsonDerivedType(typeof(MediaFailed), "media-failed")]
[JsonDerivedType(typeof(MediaClosed), "media-closed")]
[JsonDerivedType(typeof(HangUpIntended), "hang-up-intended")]
[JsonDerivedType(typeof(HangUpAccepted), "hang-up-accepted")]
[JsonDerivedType(typeof(HangUpFailed), "hang-up-failed")]
[JsonDerivedType(typeof(CommandAccepted), "command-accepted")]
[JsonDerivedType(typeof(CommandSent), "command-sent")]
[JsonDerivedType(typeof(CommandTaken), "command-taken")]
[JsonDerivedType(typeof(CommandSettled), "command-settled")]
[JsonDerivedType(typeof(Held), "held")]
[JsonDerivedType(typeof(Resumed), "resumed")]
[JsonDerivedType(typeof(HoldConfirmed), "hold-confirmed")]
[JsonDerivedType(typeof(Muted), "muted")]
[JsonDerivedType(typeof(Unmuted), "unmuted")]
[JsonDerivedType(typeof(DigitsSent), "digits-sent")]
[JsonDerivedType(typeof(Merged), "merged")]
[JsonDerivedType(typeof(Transferred), "transferred")]
[JsonDerivedType(typeof(DigitReceived), "digit-received")]
[JsonDerivedType(typeof(DigitConfirmed), "digit-confirmed")]
[JsonDerivedType(typeof(Claimed), "claimed")]
[JsonDerivedType(typeof(Released), "released")]
[JsonDerivedType(typeof(Reconciled), "reconciled")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(RecordWritten), "record-written")]
public abstract record CallEvent;

/// <summary>The phone rings: GoTo's <c>call.ringing</c> (specification section 6.5.1).</summary>
/// <param name="From">The caller's number as GoTo gave it; empty when withheld.</param>
/// <param name="To">The number that was called.</param>
/// <param name="LineId">The GoTo line that the call came in on.</param>
/// <param name="TraceParent">The W3C trace context of the call's one trace, if it is sampled.</param>
[GenerateSerializer, Immutable, Alias("call.rang")]
public sealed record Rang(string From, string To, string LineId, string? TraceParent) : CallEvent;

/// <summary>We placed the call, and GoTo dials (specification section 4.2.2).</summary>
/// <param name="RequestId">The key of the dial that it came of.</param>
/// <param name="Request">Whom we call, and for whom.</param>
/// <param name="TraceParent">The W3C trace context of the call's one trace, if it is sampled.</param>
[GenerateSerializer, Immutable, Alias("call.dialed")]
public sealed record Dialed(string RequestId, DialRequest Request, string? TraceParent) : CallEvent
{
    /// <summary>
    /// What the number that it shows (<see cref="DialRequest.CallerId"/>) was registered as, if it is the tenant's. Null in calls
    /// of before this was kept.
    /// </summary>
    [Id(0)] public NumberRegistration? Registration { get; init; }
}

/// <summary>The remote phone rings: an outbound <c>call.ringing</c> (resolution C6). GoTo does not always say so.</summary>
[GenerateSerializer, Immutable, Alias("call.alerted")]
public sealed record Alerted : CallEvent;

/// <summary>The registry knows the called number.</summary>
/// <param name="Tenant">Whose number it is.</param>
/// <param name="Agent">The LiveKit agent name to dispatch.</param>
/// <param name="AgentTimeout">How long the answer gate waits for the agent.</param>
[GenerateSerializer, Immutable, Alias("call.number-resolved")]
public sealed record NumberResolved(string Tenant, string Agent, TimeSpan AgentTimeout) : CallEvent
{
    /// <summary>All that was registered, as it was when the phone rang. Null in calls of before this was kept.</summary>
    [Id(0)] public NumberRegistration? Registration { get; init; }
}

/// <summary>Nobody registered the called number; the call is refused (resolution C27).</summary>
[GenerateSerializer, Immutable, Alias("call.number-unknown")]
public sealed record NumberUnknown : CallEvent;

/// <summary>The tenant, or the number, has as many calls as it may have; the phone hears busy.</summary>
/// <param name="Tenant">Whose number it is.</param>
/// <param name="Quota">Which limit is reached.</param>
[GenerateSerializer, Immutable, Alias("call.quota-exceeded")]
public sealed record QuotaExceeded(string Tenant, Quota Quota) : CallEvent;

/// <summary>The room exists, the agent is dispatched to it, and the call's participant has joined it.</summary>
/// <param name="Room">The LiveKit room's name.</param>
/// <param name="Participant">The identity of the call's own participant there.</param>
[GenerateSerializer, Immutable, Alias("call.room-joined")]
public sealed record RoomJoined(string Room, string Participant) : CallEvent;

/// <summary>The answer gate is open: the agent is in the room and its audio reaches us. Again when one comes after a loss.</summary>
/// <param name="Identity">The agent's participant identity.</param>
[GenerateSerializer, Immutable, Alias("call.agent-ready")]
public sealed record AgentReady(string Identity) : CallEvent;

/// <summary>No agent with audio came within the number's limit, or there was no room: the answer gate stayed shut, or a talk has nobody left.</summary>
/// <param name="Detail">What was missing, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("call.agent-missing")]
public sealed record AgentMissing(string Detail) : CallEvent;

/// <summary>The talk goes on without an agent: none is heard in the room any more. The caller waits (<see cref="Numbers.AgentLossPolicy"/>).</summary>
/// <param name="Detail">What happened, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("call.agent-lost")]
public sealed record AgentLost(string Detail) : CallEvent;

/// <summary>An agent is to be dispatched in place of one that left or did not come.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="Why">Why the one before is not there, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("call.agent-sought")]
public sealed record AgentSought(string Agent, string Why) : CallEvent;

/// <summary>The room server has taken that dispatch.</summary>
/// <param name="Agent">The agent's name.</param>
[GenerateSerializer, Immutable, Alias("call.agent-dispatched")]
public sealed record AgentDispatched(string Agent) : CallEvent;

/// <summary>The room server did not take the call's room, or an agent's dispatch to it. It is asked again while the agent has time.</summary>
/// <param name="Detail">What it said, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("call.dispatch-refused")]
public sealed record DispatchRefused(string Detail) : CallEvent;

/// <summary>No agent takes the call: it is answered, and passed on to the number's fallback at once.</summary>
/// <param name="Target">The fallback's dial string.</param>
[GenerateSerializer, Immutable, Alias("call.fallback-intended")]
public sealed record FallbackIntended(string Target) : CallEvent;

/// <summary>We are about to send our SDP answer. Journaled before the request, so that a crash cannot repeat it unseen.</summary>
[GenerateSerializer, Immutable, Alias("call.answer-intended")]
public sealed record AnswerIntended : CallEvent;

/// <summary>GoTo took our SDP answer.</summary>
[GenerateSerializer, Immutable, Alias("call.answer-accepted")]
public sealed record AnswerAccepted : CallEvent;

/// <summary>GoTo did not take our SDP answer, or the phone's offer could not be answered.</summary>
/// <param name="Detail">What went wrong, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("call.answer-failed")]
public sealed record AnswerFailed(string Detail) : CallEvent;

/// <summary>The call is answered: GoTo's <c>call.connected</c>, or its reply to our answer, whichever came first (C2).</summary>
/// <param name="AnsweredAt">GoTo's time of the answer, when it gave one.</param>
[GenerateSerializer, Immutable, Alias("call.connected")]
public sealed record Connected(DateTimeOffset? AnsweredAt) : CallEvent;

/// <summary>The first audio packet of a direction was passed on.</summary>
/// <param name="Direction">Which way it went.</param>
[GenerateSerializer, Immutable, Alias("call.audio-started")]
public sealed record AudioStarted(AudioDirection Direction) : CallEvent;

/// <summary>The early greeting is over: the caller has heard it to its end, or what could be played of it.</summary>
[GenerateSerializer, Immutable, Alias("call.greeted")]
public sealed record Greeted : CallEvent;

/// <summary>The phone sends no audio, though its connection lives.</summary>
/// <param name="Already">For how long by then.</param>
[GenerateSerializer, Immutable, Alias("call.audio-lapsed")]
public sealed record AudioLapsed(TimeSpan Already) : CallEvent;

/// <summary>The phone sends audio again.</summary>
[GenerateSerializer, Immutable, Alias("call.audio-returned")]
public sealed record AudioReturned : CallEvent;

/// <summary>The phone has sent no audio for long; the call will be hung up if that goes on (resolution C28).</summary>
[GenerateSerializer, Immutable, Alias("call.audio-missing")]
public sealed record AudioMissing : CallEvent;

/// <summary>The call has reached one of its time limits, and is hung up.</summary>
/// <param name="Limit">Which.</param>
[GenerateSerializer, Immutable, Alias("call.time-limit-reached")]
public sealed record TimeLimitReached(TimeLimit Limit) : CallEvent;

/// <summary>The call's audio is gone and cannot come back: its connection failed, or the silo that carried it died.</summary>
/// <param name="Detail">What was lost, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("call.media-failed")]
public sealed record MediaFailed(string Detail) : CallEvent;

/// <summary>The cluster has let go of the call's audio: the phone's leg is closed and the room is left.</summary>
[GenerateSerializer, Immutable, Alias("call.media-closed")]
public sealed record MediaClosed : CallEvent;

/// <summary>We are about to hang up. Journaled before the request.</summary>
/// <param name="Reason">What GoTo is told.</param>
/// <param name="Actor">Who asked: a service's name, or the cluster itself.</param>
[GenerateSerializer, Immutable, Alias("call.hang-up-intended")]
public sealed record HangUpIntended(HangUpReason Reason, string Actor) : CallEvent;

/// <summary>GoTo took our hang-up; <c>call.ended</c> follows.</summary>
[GenerateSerializer, Immutable, Alias("call.hang-up-accepted")]
public sealed record HangUpAccepted : CallEvent;

/// <summary>GoTo did not take our hang-up.</summary>
/// <param name="Detail">What went wrong, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("call.hang-up-failed")]
public sealed record HangUpFailed(string Detail) : CallEvent;

/// <summary>A service's command was taken: the intent, journaled before anything is done for it.</summary>
/// <param name="Id">The caller's id of it.</param>
/// <param name="Operation">What is to be done.</param>
[GenerateSerializer, Immutable, Alias("call.command-accepted")]
public sealed record CommandAccepted(CommandId Id, CallOperation Operation) : CallEvent;

/// <summary>The command's request is about to leave. Only of commands that must not be done twice; after a crash they are looked up.</summary>
[GenerateSerializer, Immutable, Alias("call.command-sent")]
public sealed record CommandSent(CommandId Id) : CallEvent;

/// <summary>GoTo took the command's request; an event of its says what comes of it.</summary>
[GenerateSerializer, Immutable, Alias("call.command-taken")]
public sealed record CommandTaken(CommandId Id) : CallEvent;

/// <summary>What came of a command is known, and does not change any more.</summary>
[GenerateSerializer, Immutable, Alias("call.command-settled")]
public sealed record CommandSettled(CommandOutcome Outcome) : CallEvent;

/// <summary>The call is on hold: GoTo's <c>call.held</c> (specification section 6.5.4), or its reply to our hold.</summary>
/// <param name="By">Who put it on hold (resolution C8).</param>
/// <param name="ByReply">The reply said so; the event is still due, and says nothing new.</param>
[GenerateSerializer, Immutable, Alias("call.held")]
public sealed record Held(HoldOrigin By, bool ByReply) : CallEvent;

/// <summary>The agent's audio is stopped, here and at GoTo.</summary>
[GenerateSerializer, Immutable, Alias("call.muted")]
public sealed record Muted : CallEvent;

/// <summary>The agent is heard again.</summary>
[GenerateSerializer, Immutable, Alias("call.unmuted")]
public sealed record Unmuted : CallEvent;

/// <summary>GoTo sent touch tones to the remote party for us.</summary>
/// <param name="Digits">The digits.</param>
[GenerateSerializer, Immutable, Alias("call.digits-sent")]
public sealed record DigitsSent(string Digits) : CallEvent;

/// <summary>GoTo made one conversation of this call and another (resolution C13).</summary>
/// <param name="ReferId">GoTo's id of the other call.</param>
[GenerateSerializer, Immutable, Alias("call.merged")]
public sealed record Merged(string ReferId) : CallEvent;

/// <summary>The call is off hold: GoTo's <c>call.resumed</c> (specification section 6.5.5), or its reply to our resume.</summary>
/// <param name="ByReply">The reply said so; the event is still due, and says nothing new.</param>
[GenerateSerializer, Immutable, Alias("call.resumed")]
public sealed record Resumed(bool ByReply) : CallEvent;

/// <summary>GoTo's event of a hold or a resume that its reply had told of already.</summary>
/// <param name="OnHold">Which of the two.</param>
[GenerateSerializer, Immutable, Alias("call.hold-confirmed")]
public sealed record HoldConfirmed(bool OnHold) : CallEvent;

/// <summary>GoTo transferred the call: <c>call.transferred</c> (specification section 6.5.6). <c>call.ended</c> follows.</summary>
/// <param name="Target">The dial string of the target.</param>
[GenerateSerializer, Immutable, Alias("call.transferred")]
public sealed record Transferred(string Target) : CallEvent;

/// <summary>The remote party pressed a key. Reported once, however many ways told of it.</summary>
/// <param name="Digit">One of <c>0-9*#A-D</c>.</param>
/// <param name="Duration">How long it was pressed, when that is known.</param>
/// <param name="Source">Which way told of it first.</param>
[GenerateSerializer, Immutable, Alias("call.digit-received")]
public sealed record DigitReceived(string Digit, TimeSpan? Duration, DigitSource Source) : CallEvent;

/// <summary>A key that was reported already came the other way, too.</summary>
/// <param name="Digit">One of <c>0-9*#A-D</c>.</param>
/// <param name="Source">Which way told of it second.</param>
[GenerateSerializer, Immutable, Alias("call.digit-confirmed")]
public sealed record DigitConfirmed(string Digit, DigitSource Source) : CallEvent;

/// <summary>A transfer or a conference works with the call: until it is released nobody else passes it on.</summary>
/// <param name="By">The key of the transfer or conference.</param>
[GenerateSerializer, Immutable, Alias("call.claimed")]
public sealed record Claimed(string By) : CallEvent;

/// <summary>The transfer or conference is over, and the call is free again.</summary>
/// <param name="By">The key of the transfer or conference.</param>
[GenerateSerializer, Immutable, Alias("call.released")]
public sealed record Released(string By) : CallEvent;

/// <summary>The cluster asked GoTo how the call stands, after a reconnect or a restart.</summary>
/// <param name="UpstreamState">GoTo's state word, or <c>not found</c>.</param>
[GenerateSerializer, Immutable, Alias("call.reconciled")]
public sealed record Reconciled(string UpstreamState) : CallEvent;

/// <summary>The call is over: GoTo's <c>call.ended</c> (specification section 6.5.3), or found over when reconciled.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Talked">Talk time from answer to end, hold included; zero when never answered (resolution E19).</param>
[GenerateSerializer, Immutable, Alias("call.ended")]
public sealed record Ended(EndReason Reason, TimeSpan Talked) : CallEvent;

/// <summary>The call's detail record and its audit trail are written (<c>IGoTo.Records</c>). Follows <see cref="Ended"/>.</summary>
[GenerateSerializer, Immutable, Alias("call.record-written")]
public sealed record RecordWritten : CallEvent;
