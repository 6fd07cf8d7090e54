namespace GoTo.WebRtc;

/// <summary>Who sends on an m-line, seen from our side (RFC 8866 section 6.7).</summary>
public enum TransceiverDirection
{
    /// <summary>Audio goes both ways (<c>a=sendrecv</c>).</summary>
    SendRecv,

    /// <summary>Only we send (<c>a=sendonly</c>).</summary>
    SendOnly,

    /// <summary>Only the remote side sends (<c>a=recvonly</c>).</summary>
    RecvOnly,

    /// <summary>Nobody sends (<c>a=inactive</c>).</summary>
    Inactive,
}
