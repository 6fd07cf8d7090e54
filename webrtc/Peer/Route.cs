namespace GoTo.WebRtc.Peer;

/// <summary>The way from a receiver to a sender that it feeds, with the payload types on both sides of it.</summary>
internal sealed class Route(InboundStream from, OutboundStream to)
{
    private readonly int[] _payloadTypes = new int[128];
    private MediaLine? _mappedFrom;
    private MediaLine? _mappedTo;

    public InboundStream From => from;

    public OutboundStream To => to;

    /// <summary>The payload type that a received one is sent under, or <see cref="MediaLine.None"/>.</summary>
    public int Map(MediaLine source, MediaLine line, byte payloadType)
    {
        if (_mappedFrom != source || _mappedTo != line)
        {
            source.MapPayloadTypes(line, _payloadTypes);
            (_mappedFrom, _mappedTo) = (source, line);
        }

        return _payloadTypes[payloadType];
    }
}
