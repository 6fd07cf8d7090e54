namespace GoTo.WebRtc;

/// <summary>The state of a <see cref="DataChannel"/>, as RTCDataChannelState of W3C WebRTC.</summary>
public enum DataChannelState
{
    /// <summary>Made here; the peers are not connected, or the remote side has not acknowledged it yet.</summary>
    Connecting,

    /// <summary>Known to both sides.</summary>
    Open,

    /// <summary>Being closed by either side; what was sent before is still delivered.</summary>
    Closing,

    /// <summary>Closed, or lost with its peer. Final.</summary>
    Closed,
}
