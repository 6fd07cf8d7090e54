namespace GoTo.WebRtc.Ogg;

/// <summary>The table-of-contents byte of an Opus packet (RFC 6716 section 3.1).</summary>
internal static class OpusToc
{
    private const int MaxSamples = 5760;

    /// <summary>The duration of a packet in 48 kHz samples.</summary>
    /// <returns>0 if the packet is empty, has no frame count, or would be longer than 120 ms (R5).</returns>
    public static int Samples(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
            return 0;
        var config = packet[0] >> 3;
        var frame = config switch
        {
            // SILK: 10, 20, 40, 60 ms.
            < 12 => (config & 3) == 3 ? 2880 : 480 << (config & 3),
            // Hybrid: 10, 20 ms.
            < 16 => 480 << (config & 1),
            // CELT: 2.5, 5, 10, 20 ms.
            _ => 120 << (config & 3),
        };
        var frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet.Length > 1 ? packet[1] & 0x3F : 0,
        };
        return frame * frames <= MaxSamples ? frame * frames : 0;
    }
}
