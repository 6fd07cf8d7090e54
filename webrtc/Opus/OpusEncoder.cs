using GoTo.WebRtc.Opus;

namespace GoTo.WebRtc;

/// <summary>
/// Encodes speech as Opus (RFC 6716) with libopus: 48 kHz, mono, 20 ms a packet, with in-band forward error correction.
/// Not thread-safe; allocates nothing per packet.
/// </summary>
public sealed class OpusEncoder : IDisposable
{
    /// <summary>Samples of a packet: 20 ms at 48 kHz.</summary>
    public const int FrameSamples = 960;

    /// <summary>The bytes that a payload may take: what 20 ms of any Opus fit in (RFC 6716 section 3.2.1).</summary>
    public const int MaxPayload = 1275;

    // Half of libopus' range: telephone speech gains nothing from more, and each step costs CPU.
    private const int Complexity = 5;

    private const int ExpectedLossPercent = 5;

    private readonly LibOpus.EncoderHandle _encoder;

    /// <summary>Creates an encoder.</summary>
    /// <param name="bitRate">Bits a second, 6,000 to 128,000; 32,000 by default, wide-band speech without loss.</param>
    /// <exception cref="OpusUnavailableException">libopus is not on this machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The bit rate is out of range.</exception>
    public OpusEncoder(int bitRate = 32_000)
    {
        if (bitRate is < 6_000 or > 128_000)
            throw new ArgumentOutOfRangeException(nameof(bitRate), bitRate, "Bits a second are 6,000 to 128,000.");
        LibOpus.Require();
        _encoder = LibOpus.CreateEncoder(
            LibOpus.SampleRate, LibOpus.Channels, LibOpus.ApplicationVoip, out var error);
        if (error != 0)
            throw new InvalidOperationException($"libopus made no encoder: its error {error}.");
        Set(LibOpus.SetBitrate, bitRate);
        Set(LibOpus.SetComplexity, Complexity);
        Set(LibOpus.SetInbandFec, 1);
        Set(LibOpus.SetPacketLossPercent, ExpectedLossPercent);
    }

    /// <summary>Whether libopus is on this machine.</summary>
    public static bool IsAvailable => LibOpus.IsAvailable;

    /// <summary>Encodes the next 20 ms.</summary>
    /// <param name="samples"><see cref="FrameSamples"/> samples of 48 kHz.</param>
    /// <param name="payload">Room for the packet; <see cref="MaxPayload"/> bytes always suffice.</param>
    /// <returns>The bytes of the payload.</returns>
    /// <exception cref="ArgumentException">There are more or fewer samples, or the room is too small.</exception>
    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        if (samples.Length != FrameSamples)
            throw new ArgumentException($"A packet has {FrameSamples} samples, not {samples.Length}.", nameof(samples));
        var length = LibOpus.Encode(_encoder, samples, samples.Length, payload, payload.Length);
        return length > 0
            ? length
            : throw new ArgumentException(
                $"libopus could not encode into {payload.Length} bytes: its error {length}.", nameof(payload));
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    private void Set(int request, int value)
    {
        if (LibOpus.Set(_encoder, request, value) != 0)
            throw new InvalidOperationException($"libopus does not take setting {request} = {value}.");
    }
}
