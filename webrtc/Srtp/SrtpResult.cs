namespace GoTo.WebRtc.Srtp;

/// <summary>What became of a received SRTP or SRTCP packet.</summary>
internal enum SrtpResult
{
    /// <summary>Authentic, new, and decrypted in place.</summary>
    Ok,

    /// <summary>Too short, or its header does not fit in it.</summary>
    Malformed,

    /// <summary>Seen before, or older than the replay window (RFC 3711 section 3.3.2).</summary>
    Replayed,

    /// <summary>The tag is wrong: forged, damaged, or protected with other keys.</summary>
    AuthenticationFailed,

    /// <summary>
    /// From one more source than a peer may have (<see cref="SrtpSession.MaxSources"/>); not looked at.
    /// </summary>
    TooManySources,
}
