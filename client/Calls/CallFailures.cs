using GoTo.Calls;

namespace GoTo.Client;

/// <summary>The call ended before what was waited for.</summary>
public sealed class CallEndedException(CallKey call, EndReason reason) : Exception($"Call {call} has ended: {reason}.")
{
    /// <summary>Which call.</summary>
    public CallKey Call { get; } = call;

    /// <summary>Why it ended: busy, no answer, …</summary>
    public EndReason Reason { get; } = reason;
}

/// <summary>No call came of a dial.</summary>
public sealed class DialFailedException(CommandId requestId, CommandFailure failure, string? detail)
    : Exception($"Dial '{requestId}': {failure}. {detail}")
{
    /// <summary>The dial's id. With <see cref="CommandFailure.OutcomeUnknown"/> dial no second time under another one.</summary>
    public CommandId RequestId { get; } = requestId;

    /// <summary>Why.</summary>
    public CommandFailure Failure { get; } = failure;
}
