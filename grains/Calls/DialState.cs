using GoTo.Numbers;

namespace GoTo.Calls;

/// <summary>What is stored of a dial. What is to be done next follows from it.</summary>
internal sealed record DialState
{
    public DialRequest? Request { get; init; }

    /// <summary>What the number that is shown means, if it is the tenant's: as it was when the dial was asked for.</summary>
    public NumberRegistration? Registration { get; init; }

    public DialStage Stage { get; init; }

    /// <summary>When the request to GoTo was about to leave.</summary>
    public DateTimeOffset SentAt { get; init; }

    /// <summary>GoTo's id of the call.</summary>
    public string? CallId { get; init; }

    public CommandFailure Failure { get; init; }

    public string? Detail { get; init; }
}

/// <summary>How far a dial has come.</summary>
internal enum DialStage
{
    /// <summary>Nobody has asked for it.</summary>
    None,

    /// <summary>It is to be placed.</summary>
    Intended,

    /// <summary>The request was about to leave: there may be a call.</summary>
    Sent,

    /// <summary>There is a call, and it is told so.</summary>
    Found,

    /// <summary>The call has taken it: the dial is done.</summary>
    Placed,

    /// <summary>There is no call.</summary>
    Failed,
}
