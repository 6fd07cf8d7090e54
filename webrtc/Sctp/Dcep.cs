using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace GoTo.WebRtc.Sctp;

/// <summary>The payload protocol identifiers of data channels (RFC 8831 section 8).</summary>
internal static class DataProtocol
{
    public const uint Control = 50;
    public const uint Text = 51;
    public const uint Binary = 53;
    public const uint EmptyText = 56;
    public const uint EmptyBinary = 57;
}

/// <summary>DATA_CHANNEL_OPEN and DATA_CHANNEL_ACK (RFC 8832 section 5).</summary>
internal static class Dcep
{
    private const byte Open = 3;
    private const byte Ack = 2;
    private const int Header = 12;
    private const byte Unordered = 0x80;
    private const byte Retransmits = 1;
    private const byte LifeTime = 2;

    /// <summary>The message that acknowledges a channel.</summary>
    public static byte[] Acknowledgement => [Ack];

    public static bool IsAck(ReadOnlySpan<byte> message) => message is [Ack];

    /// <summary>Writes a DATA_CHANNEL_OPEN.</summary>
    public static byte[] WriteOpen(string label, DataChannelOptions options)
    {
        var (kind, parameter) = options switch
        {
            { MaxRetransmits: { } times } => (Retransmits, (uint)times),
            { MaxPacketLifeTime: { } life } => (LifeTime, (uint)life.TotalMilliseconds),
            _ => ((byte)0, 0u),
        };
        var message = new byte[Header + Encoding.UTF8.GetByteCount(label) + Encoding.UTF8.GetByteCount(options.Protocol)];
        message[0] = Open;
        message[1] = (byte)(kind | (options.Ordered ? 0 : Unordered));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), parameter);
        var labelLength = Encoding.UTF8.GetBytes(label, message.AsSpan(Header));
        var protocolLength = Encoding.UTF8.GetBytes(options.Protocol, message.AsSpan(Header + labelLength));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)labelLength);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)protocolLength);
        return message;
    }

    /// <summary>Reads a DATA_CHANNEL_OPEN; false when it is something else or malformed.</summary>
    public static bool TryReadOpen(
        ReadOnlySpan<byte> message, [NotNullWhen(true)] out string? label,
        [NotNullWhen(true)] out DataChannelOptions? options)
    {
        (label, options) = (null, null);
        if (message.Length < Header || message[0] != Open) return false;
        int labelLength = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        int protocolLength = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (message.Length < Header + labelLength + protocolLength) return false;
        var parameter = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        var kind = message[1] & ~Unordered;
        if (kind > LifeTime) return false;
        label = Encoding.UTF8.GetString(message.Slice(Header, labelLength));
        options = new DataChannelOptions
        {
            Ordered = (message[1] & Unordered) == 0,
            MaxRetransmits = kind == Retransmits ? (int)Math.Min(parameter, DataChannelOptions.MostRetransmits) : null,
            MaxPacketLifeTime = kind == LifeTime ? TimeSpan.FromMilliseconds(parameter) : null,
            Protocol = Encoding.UTF8.GetString(message.Slice(Header + labelLength, protocolLength)),
        };
        return true;
    }
}
