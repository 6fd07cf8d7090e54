using System.Text.Json.Serialization;

namespace GoTo.Calls;

/// <summary>A service's command as the call remembers it.</summary>
/// <param name="Id">The caller's id of it.</param>
/// <param name="Operation">What is to be done.</param>
/// <param name="Version">The version of the entry that accepted it.</param>
internal sealed record CommandRecord(CommandId Id, CallOperation Operation, long Version)
{
    /// <summary>How far it has come.</summary>
    public CommandStage Stage { get; init; }

    /// <summary>How often its request was about to leave.</summary>
    public int Attempts { get; init; }

    /// <summary>What came of it; null while that is open.</summary>
    public CommandOutcome? Outcome { get; init; }

    [JsonIgnore]
    public bool IsOpen => Outcome is null;

    /// <summary>Done by a request of its own: not by answering, nor by the hang-up that the call keeps beside its commands.</summary>
    [JsonIgnore]
    public bool HasRequest => Operation is not (CallOperation.Answer or CallOperation.Reject or CallOperation.HangUp);

    /// <summary>Doing it twice is not doing it once: it is looked up before it is repeated, or never repeated.</summary>
    [JsonIgnore]
    public bool MustNotRepeat => Operation
        is CallOperation.SendDtmf or CallOperation.PlayAnnouncement or CallOperation.BlindTransfer or CallOperation.WarmTransfer
        or CallOperation.Merge;

    /// <summary>It is under way beside the other commands; its end is told when it comes.</summary>
    [JsonIgnore]
    public bool IsPlaying => Operation is CallOperation.PlayAnnouncement && Stage is CommandStage.Taken;

    /// <summary>Whether it happened shows in the call: it can be looked up. Of tones nothing shows.</summary>
    [JsonIgnore]
    public bool CanBeLookedUp => MustNotRepeat && IsTransfer;

    [JsonIgnore]
    public bool IsTransfer => Operation is CallOperation.BlindTransfer or CallOperation.WarmTransfer;
}

/// <summary>How far a command has come.</summary>
internal enum CommandStage
{
    /// <summary>The intent is journaled.</summary>
    Accepted,

    /// <summary>Its request was about to leave: it may have arrived.</summary>
    Sent,

    /// <summary>GoTo took the request; an event says what comes of it.</summary>
    Taken,
}
