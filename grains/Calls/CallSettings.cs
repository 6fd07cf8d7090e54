using GoTo.Api;

namespace GoTo.Calls;

/// <summary>How long a call may do what, and where calls go that nobody takes; section <c>GoTo:Calls</c>.</summary>
public sealed class CallSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GoTo:Calls";

    /// <summary>How long a call may last from its answer on. 4 h unless set (resolution C28).</summary>
    public TimeSpan LongestCall { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How long an inbound call may ring in all; then it is hung up as busy. 3 min unless set.</summary>
    public TimeSpan LongestRing { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>After how long without audio of the phone, hold aside, the journal warns. 30 s unless set.</summary>
    public TimeSpan SilenceWarning { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>After how long without audio of the phone, hold aside, the call is hung up. 60 s unless set.</summary>
    public TimeSpan LongestSilence { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the call of a dial whose reply was lost is looked for; then its outcome is unknown. 30 s unless set.</summary>
    public TimeSpan DialSearch { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The dial string of where calls to numbers go that nobody registered. Unless set they are rejected (resolution C27).
    /// </summary>
    public string? UnknownNumbers { get; set; }

    internal IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (LongestCall <= TimeSpan.Zero) problems.Add($"{Section}:LongestCall must be longer than zero.");
        if (LongestRing <= TimeSpan.Zero) problems.Add($"{Section}:LongestRing must be longer than zero.");
        if (SilenceWarning < CallGuards.Noticed) problems.Add($"{Section}:SilenceWarning must be at least 10 s.");
        if (LongestSilence <= SilenceWarning) problems.Add($"{Section}:LongestSilence must be longer than SilenceWarning.");
        if (DialSearch <= TimeSpan.Zero) problems.Add($"{Section}:DialSearch must be longer than zero.");
        if (UnknownNumbers is not null && !DialString.TryParse(UnknownNumbers, out _, out var problem)) problems.Add($"{Section}:UnknownNumbers: {problem}");
        return problems;
    }
}
