namespace GoTo.WebRtc;

/// <summary>Which of our candidates a peer uses (RTCIceTransportPolicy of W3C WebRTC).</summary>
public enum IceTransportPolicy
{
    /// <summary>All.</summary>
    All,

    /// <summary>Relayed ones only: our own addresses are told to nobody but the TURN server.</summary>
    Relay,
}
