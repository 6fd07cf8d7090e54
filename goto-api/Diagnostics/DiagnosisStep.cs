namespace GoTo.Api;

/// <summary>How one step of a diagnosis went.</summary>
public enum DiagnosisResult
{
    /// <summary>As it should be.</summary>
    Passed,

    /// <summary>It works, with something to look at.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failed,

    /// <summary>Not tried, because of an earlier failure or for want of a setting.</summary>
    Skipped,
}

/// <summary>One step of a diagnosis. Holds no secret.</summary>
/// <param name="Name">What was tried, for instance <c>scopes</c>.</param>
/// <param name="Result">How it went.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Advice">What to do about it; null when there is nothing to do.</param>
public sealed record DiagnosisStep(string Name, DiagnosisResult Result, string Detail, string? Advice = null);

/// <summary>What a diagnosis may do beyond looking.</summary>
public sealed record DiagnosisOptions
{
    /// <summary>
    /// Whom to call for the event round trip, the only way to have GoTo send an event: the call is hung up at its first
    /// event. Default: nobody, the round trip is skipped.
    /// </summary>
    public DialString? Call { get; init; }

    /// <summary>The line to call from. Default: the account's first.</summary>
    public string? LineId { get; init; }

    /// <summary>How long each step may take. Default: 15 s.</summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromSeconds(15);
}
