using System.Text.Json.Serialization;
using GoTo.Calls;

namespace GoTo.Transfers;

/// <summary>
/// Something that happened to a warm transfer, in the past tense. A transfer is the fold of its events; its journal keeps
/// them in order (<see cref="TransferJournalEntry"/>).
/// </summary>
[GenerateSerializer, Immutable, Alias("transfer.event")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(TransferRequested), "requested")]
[JsonDerivedType(typeof(CallerClaimed), "caller-claimed")]
[JsonDerivedType(typeof(CallerHeld), "caller-held")]
[JsonDerivedType(typeof(HoldFailed), "hold-failed")]
[JsonDerivedType(typeof(ConsultIntended), "consult-intended")]
[JsonDerivedType(typeof(ConsultPlaced), "consult-placed")]
[JsonDerivedType(typeof(ConsultConnected), "consult-connected")]
[JsonDerivedType(typeof(ConsultDropped), "consult-dropped")]
[JsonDerivedType(typeof(ConsultEnded), "consult-ended")]
[JsonDerivedType(typeof(AgentGone), "agent-gone")]
[JsonDerivedType(typeof(BriefingEnded), "briefing-ended")]
[JsonDerivedType(typeof(CompletionIntended), "completion-intended")]
[JsonDerivedType(typeof(CompletionAccepted), "completion-accepted")]
[JsonDerivedType(typeof(CompletionRefused), "completion-refused")]
[JsonDerivedType(typeof(CompletionUncertain), "completion-uncertain")]
[JsonDerivedType(typeof(CallerEnded), "caller-ended")]
[JsonDerivedType(typeof(TransferGivenUp), "given-up")]
[JsonDerivedType(typeof(CallerResumed), "caller-resumed")]
[JsonDerivedType(typeof(CallerReleased), "caller-released")]
[JsonDerivedType(typeof(TransferEnded), "ended")]
public abstract record TransferEvent;

/// <summary>One line of a transfer's journal.</summary>
/// <param name="Version">Its place: 1 for the first event, without gaps.</param>
/// <param name="At">When the cluster took it in.</param>
/// <param name="Event">What happened.</param>
[GenerateSerializer, Immutable, Alias("transfer.journal-entry")]
public sealed record TransferJournalEntry(long Version, DateTimeOffset At, TransferEvent Event);

/// <summary>A service asked for the transfer.</summary>
/// <param name="Request">To whom, and how.</param>
/// <param name="Tenant">Whose call it is; null when nobody's.</param>
/// <param name="Actor">Who asked.</param>
[GenerateSerializer, Immutable, Alias("transfer.requested")]
public sealed record TransferRequested(WarmTransferRequest Request, string? Tenant, string Actor) : TransferEvent;

/// <summary>The caller's call has agreed: until the transfer is over no other one begins on it.</summary>
[GenerateSerializer, Immutable, Alias("transfer.caller-claimed")]
public sealed record CallerClaimed : TransferEvent;

/// <summary>The caller is on hold.</summary>
[GenerateSerializer, Immutable, Alias("transfer.caller-held")]
public sealed record CallerHeld : TransferEvent;

/// <summary>The caller could not be put on hold.</summary>
/// <param name="Detail">What went wrong, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("transfer.hold-failed")]
public sealed record HoldFailed(string Detail) : TransferEvent;

/// <summary>The consult call is about to be placed. From here on there may be one.</summary>
[GenerateSerializer, Immutable, Alias("transfer.consult-intended")]
public sealed record ConsultIntended : TransferEvent;

/// <summary>The consult call exists; the target's phone rings as far as we know.</summary>
/// <param name="Consult">The consult call.</param>
[GenerateSerializer, Immutable, Alias("transfer.consult-placed")]
public sealed record ConsultPlaced(CallKey Consult) : TransferEvent;

/// <summary>The target has answered.</summary>
[GenerateSerializer, Immutable, Alias("transfer.consult-connected")]
public sealed record ConsultConnected : TransferEvent;

/// <summary>The consult call is being hung up by the transfer: its own journal says so, and sees to it.</summary>
[GenerateSerializer, Immutable, Alias("transfer.consult-dropped")]
public sealed record ConsultDropped : TransferEvent;

/// <summary>The consult call is over, or never came about.</summary>
/// <param name="Reason">Why; null when it was never placed.</param>
[GenerateSerializer, Immutable, Alias("transfer.consult-ended")]
public sealed record ConsultEnded(EndReason? Reason) : TransferEvent;

/// <summary>The agent has left the room: nobody is left to speak with the caller but the target.</summary>
[GenerateSerializer, Immutable, Alias("transfer.agent-gone")]
public sealed record AgentGone : TransferEvent;

/// <summary>The target knows about the caller: a service said so, or the announcement was played to its end.</summary>
/// <param name="Actor">Who said so: a service, or the cluster itself.</param>
[GenerateSerializer, Immutable, Alias("transfer.briefing-ended")]
public sealed record BriefingEnded(string Actor) : TransferEvent;

/// <summary>GoTo is about to be asked to connect the two. Journaled before the request.</summary>
[GenerateSerializer, Immutable, Alias("transfer.completion-intended")]
public sealed record CompletionIntended : TransferEvent;

/// <summary>GoTo took it; the end of both calls follows.</summary>
[GenerateSerializer, Immutable, Alias("transfer.completion-accepted")]
public sealed record CompletionAccepted : TransferEvent;

/// <summary>GoTo did not take it. How the calls stand is looked up before anything else is done.</summary>
/// <param name="Detail">What GoTo said, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("transfer.completion-refused")]
public sealed record CompletionRefused(string Detail) : TransferEvent;

/// <summary>It is not known whether GoTo has connected the two; it is looked up before anything is repeated.</summary>
/// <param name="Detail">What happened, in words for an operator.</param>
[GenerateSerializer, Immutable, Alias("transfer.completion-uncertain")]
public sealed record CompletionUncertain(string Detail) : TransferEvent;

/// <summary>The caller's call has left us.</summary>
/// <param name="Reason">Why.</param>
[GenerateSerializer, Immutable, Alias("transfer.caller-ended")]
public sealed record CallerEnded(EndReason Reason) : TransferEvent;

/// <summary>There will be no transfer: what was done is undone from here on.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="Detail">Why, in words for an operator.</param>
/// <param name="Actor">Who gave it up: a service, or the cluster itself.</param>
[GenerateSerializer, Immutable, Alias("transfer.given-up")]
public sealed record TransferGivenUp(TransferResult Result, string Detail, string Actor) : TransferEvent;

/// <summary>The caller is off hold and back with the agent.</summary>
[GenerateSerializer, Immutable, Alias("transfer.caller-resumed")]
public sealed record CallerResumed : TransferEvent;

/// <summary>The caller's call is free for another transfer.</summary>
[GenerateSerializer, Immutable, Alias("transfer.caller-released")]
public sealed record CallerReleased : TransferEvent;

/// <summary>The transfer is over.</summary>
/// <param name="Result">What came of it.</param>
[GenerateSerializer, Immutable, Alias("transfer.ended")]
public sealed record TransferEnded(TransferResult Result) : TransferEvent;
