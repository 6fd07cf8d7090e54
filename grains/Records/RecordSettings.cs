namespace GoTo.Records;

/// <summary>What is kept on record, and how long; section <c>GoTo:Records</c>.</summary>
public sealed class RecordSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GoTo:Records";

    /// <summary>How long records are kept. 90 days unless set.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How phone numbers are written into records. Masked unless set (resolution D8).</summary>
    public NumberPolicy Numbers { get; set; } = NumberPolicy.Masked;

    internal IReadOnlyList<string> Validate() =>
    [
        .. Retention < TimeSpan.FromHours(1) ? [$"{Section}:Retention must be at least one hour, such as 90.00:00:00."] : Array.Empty<string>(),
        .. Enum.IsDefined(Numbers) ? Array.Empty<string>() : [$"{Section}:Numbers must be Masked or Full."],
    ];
}

/// <summary>How a phone number is written into a record.</summary>
public enum NumberPolicy
{
    /// <summary>Its first three and last two characters.</summary>
    Masked,

    /// <summary>As it is.</summary>
    Full,
}
