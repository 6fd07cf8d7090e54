using System.Text.Json.Serialization;

namespace GoTo.Calls;

/// <summary>A command was taken: its intent is in the journal and will be carried out, whatever dies meanwhile.</summary>
/// <param name="Id">The command.</param>
/// <param name="Version">The version of the journal entry that says so.</param>
[GenerateSerializer, Immutable, Alias("call.command-receipt")]
public sealed record CommandReceipt(CommandId Id, long Version);

/// <summary>What came of a command.</summary>
/// <param name="Id">The command.</param>
/// <param name="Result">How it went.</param>
/// <param name="Failure">Why it failed; <see cref="CommandFailure.None"/> unless it did.</param>
/// <param name="Detail">GoTo's words, or ours, for an operator; null when there is nothing to say.</param>
[GenerateSerializer, Immutable, Alias("call.command-outcome")]
public sealed record CommandOutcome(CommandId Id, CommandResult Result, CommandFailure Failure = CommandFailure.None, string? Detail = null)
{
    /// <summary>It is done.</summary>
    [JsonIgnore]
    public bool IsDone => Result is CommandResult.Done;
}

/// <summary>How a command went.</summary>
public enum CommandResult
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It was tried and is not done; the call goes on as it was.</summary>
    Failed,

    /// <summary>The call ended before it could be done.</summary>
    Superseded,
}

/// <summary>Why a command failed.</summary>
public enum CommandFailure
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>GoTo refused it: the call's state at GoTo does not allow it, or the request is wrong.</summary>
    Refused,

    /// <summary>The target of a transfer could not be had; the call goes on as it was (resolution C11).</summary>
    TransferFailed,

    /// <summary>GoTo's limit of requests is used up; ask again later with a new id.</summary>
    TooManyRequests,

    /// <summary>The account may not do this: its credentials or rights at GoTo do not allow it.</summary>
    NotAllowed,

    /// <summary>GoTo could not be reached or could not serve us; nothing was done.</summary>
    Unavailable,

    /// <summary>It may or may not have been done, and cannot be looked up; it is not repeated.</summary>
    OutcomeUnknown,

    /// <summary>The call has no audio that this could act on.</summary>
    NoAudio,
}
