namespace GoTo.WebRtc.Sctp;

/// <summary>Comparison of numbers that wrap around (RFC 1982, RFC 9260 section 1.6).</summary>
internal static class Serial
{
    /// <summary>Whether TSN a comes after b.</summary>
    public static bool After(uint a, uint b) => (int)(a - b) > 0;

    /// <summary>Whether stream sequence number a comes after b.</summary>
    public static bool After(ushort a, ushort b) => (short)(a - b) > 0;
}
