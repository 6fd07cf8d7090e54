namespace GoTo.LiveKit;

/// <summary>
/// The last packets sent on the reliable channel, by their numbers: after a resume the server says which it has got, and
/// the others are sent again.
/// </summary>
internal sealed class SentPackets
{
    private const int MostPackets = 1024;
    private const int MostBytes = 1 << 20;

    private readonly Queue<byte[]> _packets = new();
    private int _bytes;

    /// <summary>The number of the last one; the first is 1.</summary>
    public uint Last { get; private set; }

    /// <summary>The next number was sent.</summary>
    public void Add(byte[] packet)
    {
        Last++;
        _packets.Enqueue(packet);
        _bytes += packet.Length;
        while (_packets.Count > MostPackets || _bytes > MostBytes)
            _bytes -= _packets.Dequeue().Length;
    }

    /// <summary>Those with a higher number, in order; the oldest may be forgotten.</summary>
    public IEnumerable<byte[]> After(uint number)
    {
        var oldest = Last - (uint)_packets.Count + 1;
        return _packets.Skip(number < oldest ? 0 : (int)Math.Min(number - oldest + 1, (uint)_packets.Count));
    }

    /// <summary>Forgets the packets, not the number.</summary>
    public void Clear()
    {
        _packets.Clear();
        _bytes = 0;
    }
}
