namespace GoTo.Api;

/// <summary>A call to be placed (specification section 4.2.2).</summary>
public sealed record OutboundCall
{
    /// <summary>Whom to call.</summary>
    public required DialString To { get; init; }

    /// <summary>The line to call from.</summary>
    public required string LineId { get; init; }

    /// <summary>
    /// The number to show, in E.164; null leaves it to GoTo, which may not heed it anyway (decision part a.2).
    /// </summary>
    public string? CallerId { get; init; }

    /// <summary>
    /// One text for this one call, the same in every attempt to place it: a server that heeds it places it once.
    /// </summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A local ICE candidate on its way to GoTo (section 4.4.1).</summary>
/// <param name="Candidate">The line, <c>candidate:…</c>; empty says that there are no more (decision M5).</param>
/// <param name="SdpMid">The media section's mid.</param>
/// <param name="SdpMLineIndex">The media section's index.</param>
public sealed record IceCandidateLine(string Candidate, string? SdpMid, int? SdpMLineIndex);
