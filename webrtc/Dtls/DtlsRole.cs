namespace GoTo.WebRtc;

/// <summary>Who begins the DTLS handshake: the client (<c>a=setup:active</c>, RFC 5763 section 5).</summary>
public enum DtlsRole
{
    /// <summary>Sends the first datagram (<c>a=setup:active</c>).</summary>
    Client,

    /// <summary>Waits for it (<c>a=setup:passive</c>), and chooses the SRTP profile.</summary>
    Server,
}
