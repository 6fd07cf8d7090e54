namespace GoTo.WebRtc;

/// <summary>Why a message was not taken by a <see cref="DataChannel"/>.</summary>
public enum DataChannelError
{
    /// <summary>
    /// <see cref="DataChannel.MaxBuffered"/> is reached: try again after
    /// <see cref="IRtcPeerEvents.OnDataChannelDrained"/>.
    /// </summary>
    BufferFull,

    /// <summary>The message is longer than <see cref="DataChannel.MaxMessageSize"/>: split it.</summary>
    MessageTooLong,

    /// <summary>The channel is closing or closed: open another one.</summary>
    Closed,
}

/// <summary>A message was not sent.</summary>
public sealed class DataChannelException : InvalidOperationException
{
    internal DataChannelException(DataChannelError error, string message)
        : base(message) => Error = error;

    /// <summary>Why.</summary>
    public DataChannelError Error { get; }
}
