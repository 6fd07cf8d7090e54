namespace GoTo.WebRtc;

/// <summary>
/// Whether audio flows on a transceiver as negotiated, while the connection itself lives (ICE consent, RFC 7675).
/// </summary>
public enum AudioFlow
{
    /// <summary>What was negotiated flows, or nothing is known to the contrary.</summary>
    Normal,

    /// <summary>Nothing was received for 10 s, though the negotiated direction receives.</summary>
    NothingReceived,

    /// <summary>
    /// One-way audio: for 15 s we have sent, and the remote side's RTCP reports have told of none of it.
    /// </summary>
    NothingHeard,

    /// <summary><see cref="NothingReceived"/> and <see cref="NothingHeard"/>.</summary>
    NothingEitherWay,
}
