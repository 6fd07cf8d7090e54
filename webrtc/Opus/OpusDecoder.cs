using GoTo.WebRtc.Opus;

namespace GoTo.WebRtc;

/// <summary>
/// Decodes Opus (RFC 6716) with libopus to mono samples. Not thread-safe; allocates nothing per packet.
/// </summary>
public sealed class OpusDecoder : IDisposable
{
    /// <summary>The most samples of a packet: 120 ms at 48 kHz.</summary>
    public const int MaxSamples = 5760;

    private readonly LibOpus.DecoderHandle _decoder;

    /// <summary>Creates a decoder; it remembers what it decoded, so each stream takes one of its own.</summary>
    /// <param name="sampleRate">Samples a second of what it gives: 48,000 by default, or 8, 12, 16 or 24,000.</param>
    /// <exception cref="OpusUnavailableException">libopus is not on this machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is none of these.</exception>
    public OpusDecoder(int sampleRate = LibOpus.SampleRate)
    {
        if (sampleRate is not (8_000 or 12_000 or 16_000 or 24_000 or 48_000))
            throw new ArgumentOutOfRangeException(
                nameof(sampleRate), sampleRate, "libopus decodes to 8, 12, 16, 24 or 48 kHz.");
        LibOpus.Require();
        _decoder = LibOpus.CreateDecoder(sampleRate, LibOpus.Channels, out var error);
        if (error != 0)
            throw new InvalidOperationException($"libopus made no decoder: its error {error}.");
    }

    /// <summary>Decodes a packet; the other channel of stereo is mixed in.</summary>
    /// <param name="payload">The RTP payload.</param>
    /// <param name="samples">Room for the packet's samples; <see cref="MaxSamples"/> always suffice.</param>
    /// <param name="count">How many samples there are: at 48 kHz, 960 for 20 ms.</param>
    /// <returns>False if the payload is no Opus packet, or longer than there is room.</returns>
    public bool TryDecode(ReadOnlySpan<byte> payload, Span<short> samples, out int count)
    {
        // To libopus no payload at all is a lost packet.
        count = payload.IsEmpty ? 0 : LibOpus.Decode(_decoder, payload, payload.Length, samples, samples.Length, fec: 0);
        if (count > 0)
            return true;
        count = 0;
        return false;
    }

    /// <summary>Makes up for a lost packet: what was heard goes on and fades.</summary>
    /// <param name="samples">Filled with the samples of the lost packet: a multiple of 2.5 ms.</param>
    public void Conceal(Span<short> samples)
    {
        if (LibOpus.Decode(_decoder, [], 0, samples, samples.Length, fec: 0) < 0)
            samples.Clear();
    }

    /// <summary>
    /// Makes up for a lost packet from the forward error correction in the packet after it (RFC 6716 section 2.1.7);
    /// when there is none in it, as <see cref="Conceal"/>. That packet is to be decoded next.
    /// </summary>
    /// <param name="next">The payload of the packet after the lost one.</param>
    /// <param name="samples">Filled with the samples of the lost packet: a multiple of 2.5 ms.</param>
    public void Recover(ReadOnlySpan<byte> next, Span<short> samples)
    {
        if (next.IsEmpty || LibOpus.Decode(_decoder, next, next.Length, samples, samples.Length, fec: 1) < 0)
            Conceal(samples);
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();
}
