using System.Text;

namespace GoTo.WebRtc;

/// <summary>How a <see cref="DataChannel"/> delivers (RTCDataChannelInit of W3C WebRTC; RFC 8831).</summary>
public sealed record DataChannelOptions
{
    internal const int MostRetransmits = ushort.MaxValue;

    /// <summary>Whether messages arrive in the order in which they were sent. Default: true.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>
    /// How often a message that was lost is sent again before it is given up, 0 to 65,535. Default: none, for ever. Not
    /// together with <see cref="MaxPacketLifeTime"/>.
    /// </summary>
    public int? MaxRetransmits { get; init; }

    /// <summary>How long a message is tried to be delivered, up to 65.535 s. Default: none, for ever.</summary>
    public TimeSpan? MaxPacketLifeTime { get; init; }

    /// <summary>The name of the protocol spoken on the channel. Default: empty.</summary>
    public string Protocol { get; init; } = "";

    internal static void Validate(string label, DataChannelOptions options)
    {
        if (Encoding.UTF8.GetByteCount(label) > 256 || Encoding.UTF8.GetByteCount(options.Protocol) > 256)
            throw new ArgumentException("A data channel's label and protocol have at most 256 bytes each.");
        if (options.MaxRetransmits is < 0 or > MostRetransmits)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.MaxRetransmits, "MaxRetransmits must be 0 to 65,535.");
        if (options.MaxPacketLifeTime is { } life && (life < TimeSpan.Zero || life.TotalMilliseconds > ushort.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(options), life, "MaxPacketLifeTime must be 0 to 65.535 s.");
        if (options is { MaxRetransmits: not null, MaxPacketLifeTime: not null })
            throw new ArgumentException("A data channel has MaxRetransmits or MaxPacketLifeTime, not both.");
    }
}
