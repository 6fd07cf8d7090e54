namespace GoTo.Drains;

/// <summary>How a silo stops; section <c>GoTo:Drain</c>.</summary>
public sealed class DrainSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GoTo:Drain";

    /// <summary>What stopping may take beyond <see cref="Limit"/>: calls that are passed on, and the silo's own end.</summary>
    public static readonly TimeSpan Reserve = TimeSpan.FromSeconds(40);

    /// <summary>
    /// How long a silo that is told to stop waits for its calls to end by themselves; then those that are left are passed
    /// on. 20 s unless set. Kubernetes must give it longer than this plus <see cref="Reserve"/>.
    /// </summary>
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(20);

    internal IReadOnlyList<string> Validate() => Limit < TimeSpan.Zero ? [$"{Section}:Limit must not be negative."] : [];
}
