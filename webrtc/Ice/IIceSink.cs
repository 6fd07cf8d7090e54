namespace GoTo.WebRtc.Ice;

/// <summary>
/// What an <see cref="IceAgent"/> does to the outside. Called within the agent's methods; an implementation must not
/// call back into the agent.
/// </summary>
internal interface IIceSink
{
    /// <summary>Sends a STUN message. The bytes are valid only during the call.</summary>
    void SendStun(ReadOnlySpan<byte> datagram, in IcePath path);

    /// <summary>The state has changed; told after <see cref="OnSelected"/> when both happen.</summary>
    void OnIceStateChanged(IceState state);

    /// <summary>Send there from now on. Told again whenever the controlling side nominates another pair.</summary>
    void OnSelected(in IcePath path);
}
