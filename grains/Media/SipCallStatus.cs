namespace GoTo.Media;

/// <summary>
/// The attribute <c>sip.callStatus</c> of a phone in a room, in the words of LiveKit's SIP bridge: agents wait for
/// <c>active</c> before they speak.
/// </summary>
internal static class SipCallStatus
{
    public const string Attribute = "sip.callStatus";

    /// <summary>We call, and the remote phone does not ring yet.</summary>
    public const string Dialing = "dialing";

    /// <summary>The phone rings: the one that calls us, or the one that we call.</summary>
    public const string Ringing = "ringing";

    /// <summary>Answered.</summary>
    public const string Active = "active";

    /// <summary>Answered, and digits are being sent to the phone.</summary>
    public const string Automation = "automation";

    /// <summary>Over; the phone leaves the room.</summary>
    public const string HangUp = "hangup";
}
