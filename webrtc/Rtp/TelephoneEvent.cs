using System.Buffers.Binary;

namespace GoTo.WebRtc.Rtp;

/// <summary>The payload of a telephone-event packet (RFC 4733 section 2.3).</summary>
/// <param name="Event">The event's code; 0 to 15 are DTMF digits (section 3.2).</param>
/// <param name="End">Whether the event has ended.</param>
/// <param name="Volume">The tone's power in -dBm0, 0 to 63.</param>
/// <param name="Duration">How long it lasts so far, in the RTP clock, from the packet's timestamp on.</param>
internal readonly record struct TelephoneEvent(byte Event, bool End, byte Volume, ushort Duration)
{
    /// <summary>Bytes of one event.</summary>
    public const int Length = 4;

    /// <summary>The longest duration that one timestamp can have; a longer event goes on in another segment.</summary>
    public const ushort MaxDuration = ushort.MaxValue;

    private const string Digits = "0123456789*#ABCD";
    private const byte EndBit = 0x80;
    private const byte VolumeBits = 0x3F;

    /// <summary>The DTMF digit, '0' to '9', '*', '#' or 'A' to 'D'; none for other events.</summary>
    public char? Digit => Event < Digits.Length ? Digits[Event] : null;

    /// <summary>Reads the first event of a payload.</summary>
    /// <returns>False if the payload is too short to hold one.</returns>
    public static bool TryParse(ReadOnlySpan<byte> payload, out TelephoneEvent parsed)
    {
        parsed = default;
        if (payload.Length < Length)
            return false;
        parsed = new TelephoneEvent(
            payload[0], (payload[1] & EndBit) != 0, (byte)(payload[1] & VolumeBits),
            BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        return true;
    }

    /// <summary>The code of a digit, or -1 if it is none. Letters may be small.</summary>
    public static int CodeOf(char digit) => Digits.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);

    /// <summary>The event with its duration counted in another clock; clocks in Hz.</summary>
    public TelephoneEvent Rescale(int from, int to) =>
        this with { Duration = (ushort)Math.Min((long)Duration * to / from, MaxDuration) };

    /// <summary>Writes the payload, <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> payload)
    {
        payload[0] = Event;
        payload[1] = (byte)((End ? EndBit : 0) | (Volume & VolumeBits));
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], Duration);
    }
}
