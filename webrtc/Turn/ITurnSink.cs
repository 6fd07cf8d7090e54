namespace GoTo.WebRtc.Turn;

/// <summary>What a <see cref="TurnClient"/> does to the outside. Called within the client's methods.</summary>
internal interface ITurnSink
{
    /// <summary>Sends a message to the server. The bytes are valid only during the call.</summary>
    void SendToServer(ReadOnlySpan<byte> message);

    /// <summary>There is a relayed address: <see cref="TurnClient.Relayed"/>.</summary>
    void OnAllocated();

    /// <summary>
    /// A datagram that a peer sent to the relayed address; may be changed in place. This one may call back into the
    /// client.
    /// </summary>
    void OnRelayedData(Span<byte> data, in TransportAddress from);

    /// <summary>Connect to this server instead, and call <see cref="TurnClient.Start"/> (RFC 8489 section 10).</summary>
    void OnRedirected(in TransportAddress server);

    /// <summary>There is no relayed address, or none any more; told once, and last.</summary>
    void OnTurnFailed(string reason);
}
