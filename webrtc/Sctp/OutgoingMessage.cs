namespace GoTo.WebRtc.Sctp;

/// <summary>A message on its way out, and how far it has come.</summary>
internal sealed class OutgoingMessage(ushort stream, uint protocol, byte[] data, SctpDelivery delivery)
{
    public ushort Stream => stream;

    public uint Protocol => protocol;

    public byte[] Data => data;

    public SctpDelivery Delivery => delivery;

    /// <summary>Its number in the stream, given when its first fragment is sent.</summary>
    public ushort Sequence { get; set; }

    /// <summary>How much of it has been cut into fragments.</summary>
    public int Cut { get; set; }

    /// <summary>Fragments sent and not yet acknowledged for good.</summary>
    public int Outstanding { get; set; }

    /// <summary>Whether it was given up (RFC 3758).</summary>
    public bool IsAbandoned { get; set; }

    public bool IsCut => Cut == data.Length;
}

/// <summary>A fragment of a message, sent under a TSN.</summary>
internal sealed class OutgoingChunk(uint tsn, OutgoingMessage message, int offset, int length, SctpDataFlags flags)
{
    public uint Tsn => tsn;

    public OutgoingMessage Message => message;

    public ReadOnlySpan<byte> Data => message.Data.AsSpan(offset, length);

    public int Length => length;

    public SctpDataFlags Flags => flags;

    public long SentAt { get; set; }

    public int Transmissions { get; set; }

    /// <summary>How often later chunks were acknowledged and this one was not (RFC 9260 section 7.2.4).</summary>
    public int Misses { get; set; }

    /// <summary>Whether the peer has it, by its last word; it may take that back.</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>Whether it is to be sent again.</summary>
    public bool IsLost { get; set; }

    /// <summary>Whether it is counted as under way.</summary>
    public bool IsInFlight => !IsAcknowledged && !IsLost && !message.IsAbandoned;
}
