namespace GoTo.WebRtc.Sctp;

/// <summary>What an association does to the outside, from within its methods.</summary>
internal interface ISctpSink
{
    /// <summary>Send this to the peer. The span is valid during the call only.</summary>
    void SendSctp(ReadOnlySpan<byte> packet);

    /// <summary>The association is set up: called once at most.</summary>
    void OnSctpEstablished();

    /// <summary>A whole message has come. The span is valid during the call only.</summary>
    void OnSctpMessage(ushort stream, uint protocol, ReadOnlySpan<byte> message);

    /// <summary>The peer has ended its side of streams: it sends no more on them (RFC 6525).</summary>
    void OnSctpStreamReset(ushort stream);

    /// <summary>Our side of a stream has ended, with everything delivered or given up.</summary>
    void OnSctpStreamEnded(ushort stream);

    /// <summary>Bytes of messages were delivered or given up, and are no longer kept.</summary>
    void OnSctpReleased(ushort stream, uint protocol, int bytes);

    /// <summary>The association is over; called once at most, and last.</summary>
    /// <param name="reason">Why; null when it was closed here.</param>
    void OnSctpClosed(string? reason);
}

/// <summary>How a message is sent (RFC 9260 section 6.6, RFC 3758, RFC 7496).</summary>
/// <param name="Unordered">Whether it may overtake others of its stream.</param>
/// <param name="MaxRetransmits">How often to repeat it before it is given up; null for ever.</param>
/// <param name="ExpiresAt">When it is given up, in ticks; null for never.</param>
internal readonly record struct SctpDelivery(
    bool Unordered = false, int? MaxRetransmits = null, long? ExpiresAt = null);
