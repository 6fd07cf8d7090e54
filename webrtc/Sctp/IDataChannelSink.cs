namespace GoTo.WebRtc.Sctp;

/// <summary>What the data channels of a peer do to the outside.</summary>
internal interface IDataChannelSink
{
    /// <summary>Send this SCTP packet to the peer. The span is valid during the call only.</summary>
    void SendSctp(ReadOnlySpan<byte> packet);

    /// <summary>Makes the handle of a channel that the peer opened.</summary>
    DataChannel Accept(string label, DataChannelOptions options);

    /// <summary>A channel is open; one that was accepted is new to the application.</summary>
    void OnOpen(DataChannel channel, bool isRemote);

    /// <summary>A message; the span is valid during the call only.</summary>
    void OnMessage(DataChannel channel, ReadOnlySpan<byte> message, bool isText);

    /// <summary>The application waited for room in the channel, and there is some.</summary>
    void OnDrained(DataChannel channel);

    /// <summary>A channel is closed.</summary>
    void OnClosed(DataChannel channel, string? reason);
}
