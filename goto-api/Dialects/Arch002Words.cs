namespace GoTo.Api;

/// <summary>
/// The words of specification ARCH-002 and what they mean to us. A new word means Unknown, never an error.
/// </summary>
internal static class Arch002Words
{
    public static CallState State(string word) => word.ToLowerInvariant() switch
    {
        "initial" => CallState.Initial,
        "dialing" => CallState.Dialing,
        "ringing" => CallState.Ringing,
        "offering" => CallState.Offering,
        "connected" => CallState.Connected,
        "held" => CallState.Held,
        "muted" => CallState.Muted,
        "transferred" => CallState.Transferred,
        "ended" => CallState.Ended,
        _ => CallState.Unknown,
    };

    public static CallDirection Direction(string word) => word.ToLowerInvariant() switch
    {
        "inbound" => CallDirection.Inbound,
        "outbound" => CallDirection.Outbound,
        _ => CallDirection.Unknown,
    };

    public static CallEndReason EndReason(string? word) => word?.ToLowerInvariant() switch
    {
        "caller_hangup" => CallEndReason.RemoteHangup,
        "agent_hangup" => CallEndReason.LocalHangup,
        "transfer" => CallEndReason.Transfer,
        "timeout" => CallEndReason.Timeout,
        "error" => CallEndReason.Error,
        "busy" => CallEndReason.Busy,
        "no_answer" => CallEndReason.NoAnswer,
        "rejected" => CallEndReason.Rejected,
        _ => CallEndReason.Unknown,
    };

    public static string Of(HangUpReason reason) => reason switch
    {
        HangUpReason.Normal => "normal",
        HangUpReason.Busy => "busy",
        HangUpReason.Rejected => "rejected",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Unknown hang-up reason."),
    };

    /// <summary>A number without the scheme that some replies put before it.</summary>
    public static string? Number(string? number) =>
        number is not null && number.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) ? number[4..] : number;
}
