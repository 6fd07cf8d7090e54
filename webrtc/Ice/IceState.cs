namespace GoTo.WebRtc.Ice;

/// <summary>The life of an <see cref="IceAgent"/>, as RTCIceTransportState of W3C WebRTC without "completed".</summary>
internal enum IceState
{
    /// <summary>The remote credentials are not known. Checks that arrive are answered and remembered.</summary>
    New,

    /// <summary>Looking for a pair that works.</summary>
    Checking,

    /// <summary>A pair is nominated and has consent.</summary>
    Connected,

    /// <summary>Nothing was heard for some seconds; it may come back by itself.</summary>
    Disconnected,

    /// <summary>No pair works, or consent has expired (RFC 7675). Nothing may be sent to the peer.</summary>
    Failed,

    /// <summary>Closed by <see cref="IceAgent.Close"/>.</summary>
    Closed,
}

/// <summary>
/// Who nominates (RFC 8445 section 6.1.1): the offerer begins as controlling; a full agent always controls a lite one.
/// </summary>
internal enum IceRole
{
    Controlled,
    Controlling,
}
