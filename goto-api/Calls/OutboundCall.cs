namespace GoTo.Api;

/// <summary>A call to be placed (specification section 4.2.2).</summary>
public sealed record OutboundCall
{
    /// <summary>Whom to call.</summary>
    public required DialString To { get; init; }

    /// <summary>
    /// Our SDP offer where <see cref="WebCallsClient.OutboundOfferer"/> is <see cref="SdpOfferer.Client"/>; else null.
    /// </summary>
    public string? SdpOffer { get; init; }

    /// <summary>The line to call from: its id in <c>arch-002</c>, its extension in <c>goto-public</c>.</summary>
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

/// <summary>Who makes the SDP offer of a call that we place.</summary>
public enum SdpOfferer
{
    /// <summary>GoTo does; the reply to the dial carries it, and our answer goes back with the answer.</summary>
    Gateway,

    /// <summary>We do, with the dial; its reply carries GoTo's answer.</summary>
    Client,
}

/// <summary>A local ICE candidate on its way to GoTo (section 4.4.1).</summary>
/// <param name="Candidate">The line, <c>candidate:…</c>; empty says that there are no more (decision M5).</param>
/// <param name="SdpMid">The media section's mid.</param>
/// <param name="SdpMLineIndex">The media section's index.</param>
public sealed record IceCandidateLine(string Candidate, string? SdpMid, int? SdpMLineIndex);
