namespace GoTo.WebRtc;

/// <summary>
/// G.711 (ITU-T Rec. G.711): a byte a sample at 8 kHz, by table. <see cref="AudioCodec.Pcmu"/> is the mu-law,
/// <see cref="AudioCodec.Pcma"/> the A-law.
/// </summary>
public static class G711
{
    private static readonly short[] FromMu = Array.ConvertAll(Bytes(), ExpandMu);
    private static readonly short[] FromA = Array.ConvertAll(Bytes(), ExpandA);

    // By the upper 14 and 13 bits of a sample, which are all that the laws look at.
    private static readonly byte[] ToMu = Table(14, CompressMu);
    private static readonly byte[] ToA = Table(13, CompressA);

    /// <summary>Decodes a payload.</summary>
    /// <param name="codec">Which of the two laws.</param>
    /// <param name="payload">A byte a sample.</param>
    /// <param name="samples">Room for as many samples.</param>
    /// <exception cref="ArgumentException">The codec is none of the two, or there is too little room.</exception>
    public static void Decode(AudioCodec codec, ReadOnlySpan<byte> payload, Span<short> samples)
    {
        var table = IsMu(codec) ? FromMu : FromA;
        RequireRoom(payload.Length, samples.Length);
        for (var i = 0; i < payload.Length; i++)
            samples[i] = table[payload[i]];
    }

    /// <summary>Encodes samples.</summary>
    /// <param name="codec">Which of the two laws.</param>
    /// <param name="samples">8 kHz, mono.</param>
    /// <param name="payload">Room for as many bytes.</param>
    /// <exception cref="ArgumentException">The codec is none of the two, or there is too little room.</exception>
    public static void Encode(AudioCodec codec, ReadOnlySpan<short> samples, Span<byte> payload)
    {
        var (table, shift) = IsMu(codec) ? (ToMu, 2) : (ToA, 3);
        RequireRoom(samples.Length, payload.Length);
        for (var i = 0; i < samples.Length; i++)
            payload[i] = table[(ushort)samples[i] >> shift];
    }

    /// <summary>Decodes one code.</summary>
    internal static int Decode(AudioCodec codec, byte code) => (IsMu(codec) ? FromMu : FromA)[code];

    private static bool IsMu(AudioCodec codec) => codec == AudioCodec.Pcmu
        || (codec == AudioCodec.Pcma ? false : throw new ArgumentException($"{codec.Name} is not G.711.", nameof(codec)));

    private static void RequireRoom(int needed, int room)
    {
        if (room < needed)
            throw new ArgumentException($"{needed} samples do not fit where {room} do.");
    }

    private static byte[] Bytes() => Array.ConvertAll(Enumerable.Range(0, 256).ToArray(), value => (byte)value);

    private static byte[] Table(int bits, Func<int, byte> compress)
    {
        var table = new byte[1 << bits];
        for (var i = 0; i < table.Length; i++)
            table[i] = compress((short)(i << (16 - bits)) >> (16 - bits));
        return table;
    }

    // The mu-law: 14 bits with a bias of 33, which puts the first bit of each of the 8 chords at its place.
    private static byte CompressMu(int sample)
    {
        var sign = sample < 0 ? 0x7F : 0xFF;
        var biased = Math.Min(Math.Abs(sample), 8158) + 33;
        var chord = int.Log2(biased) - 5;
        return (byte)(((chord << 4) | ((biased >> (chord + 1)) & 0x0F)) ^ sign);
    }

    private static short ExpandMu(byte code)
    {
        var value = ~code;
        var biased = (((value & 0x0F) << 1) + 33) << ((value >> 4) & 7);
        return (short)(((value & 0x80) != 0 ? 33 - biased : biased - 33) << 2);
    }

    // The A-law: 13 bits, the first two of the 8 chords alike, every second bit of the code inverted.
    private static byte CompressA(int sample)
    {
        var sign = sample < 0 ? 0x55 : 0xD5;
        var magnitude = sample < 0 ? -sample - 1 : sample;
        var chord = magnitude < 32 ? 0 : int.Log2(magnitude) - 4;
        return (byte)(((chord << 4) | ((magnitude >> Math.Max(1, chord)) & 0x0F)) ^ sign);
    }

    private static short ExpandA(byte code)
    {
        var value = code ^ 0x55;
        var chord = (value >> 4) & 7;
        var step = ((value & 0x0F) << 1) + 1;
        var magnitude = chord == 0 ? step : (step + 32) << (chord - 1);
        return (short)(((value & 0x80) != 0 ? magnitude : -magnitude) << 3);
    }
}
