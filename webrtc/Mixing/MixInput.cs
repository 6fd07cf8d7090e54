namespace GoTo.WebRtc.Mixing;

/// <summary>
/// One source of a mix: packets come in on the shard's thread, samples go out on the codec thread. Allocates nothing per
/// packet.
/// </summary>
internal sealed class MixInput : IDisposable
{
    // How many packets in a row are made up for before the source counts as silent.
    private const int MaxConcealed = 3;

    // A pause between two words is shorter: 500 ms.
    private const int QuietTicks = 25;

    // The loudest that is silence: 52 dB below full scale, as of an open microphone in a quiet room.
    private const long MaxQuietPower = 82 * 82;

    private readonly Lock _lock = new();
    private readonly JitterBuffer _buffer = new();
    private readonly int _sampleRate;
    private readonly OpusDecoder? _decoder;
    private readonly Upsampler? _upsampler;
    private readonly byte[] _payload = new byte[OpusEncoder.MaxPayload];
    private readonly short[] _narrow = new short[OpusEncoder.MaxPayload];
    private readonly short[] _samples = new short[2 * Upsampler.Factor * OpusEncoder.MaxPayload];
    private int _ready;
    private int _packetSamples;
    private int _concealed = MaxConcealed;
    private volatile int _quietTicks;

    /// <summary>Creates an input.</summary>
    /// <param name="codec">What its packets are encoded in.</param>
    /// <param name="sampleRate">The mix's: 8 or 48 kHz.</param>
    /// <exception cref="OpusUnavailableException">libopus is needed and not on this machine.</exception>
    public MixInput(AudioCodec codec, int sampleRate)
    {
        Codec = codec;
        _sampleRate = sampleRate;
        _packetSamples = sampleRate / 50;
        if (codec == AudioCodec.Opus)
            _decoder = new OpusDecoder(sampleRate);
        else if (codec.ClockRate != sampleRate)
            _upsampler = new Upsampler();
    }

    public AudioCodec Codec { get; }

    /// <summary>
    /// Whether nothing was said for half a second, as far as is decoded: a microphone's noise takes packets as long as
    /// those of speech.
    /// </summary>
    public bool IsQuiet => _quietTicks >= QuietTicks;

    /// <summary>Takes a packet in.</summary>
    public void Push(ushort sequence, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
            _buffer.Push(sequence, payload);
    }

    /// <summary>Gives the next 20 ms.</summary>
    /// <returns>False when the source is silent; nothing is given then.</returns>
    public bool Read(Span<short> frame)
    {
        while (_ready < frame.Length && ReadPacket())
        {
        }

        if (_ready == 0)
        {
            _quietTicks++;
            return false;
        }

        var given = Math.Min(_ready, frame.Length);
        _samples.AsSpan(0, given).CopyTo(frame);
        frame[given..].Clear();
        _quietTicks = IsSpeech(frame) ? 0 : _quietTicks + 1;
        _ready -= given;
        _samples.AsSpan(given, _ready).CopyTo(_samples);
        return true;
    }

    public void Dispose() => _decoder?.Dispose();

    private static bool IsSpeech(ReadOnlySpan<short> frame)
    {
        var power = 0L;
        foreach (var sample in frame)
            power += sample * sample;
        return power > MaxQuietPower * frame.Length;
    }

    private bool ReadPacket()
    {
        JitterBufferResult result;
        int length;
        lock (_lock)
        {
            result = _buffer.Take(out var payload);
            length = payload.Length;
            payload.CopyTo(_payload);
            // The last that is made up for: what comes after it begins anew.
            if (result == JitterBufferResult.Empty && _concealed == MaxConcealed - 1)
                _buffer.Pause();
        }

        if (result == JitterBufferResult.Packet)
        {
            Decode(_payload.AsSpan(0, length));
            _concealed = 0;
            return true;
        }

        if (_concealed == MaxConcealed)
            return false;
        _concealed++;
        Conceal(result == JitterBufferResult.Lost ? _payload.AsSpan(0, length) : []);
        return true;
    }

    private void Decode(ReadOnlySpan<byte> payload)
    {
        var room = _samples.AsSpan(_ready);
        var count = 0;
        if (_decoder is not null)
        {
            // What is no Opus packet, and what another packet than this would have to be played for, is left out.
            _decoder.TryDecode(payload, room, out count);
        }
        else if (_upsampler is null)
        {
            count = payload.Length;
            G711.Decode(Codec, payload, room);
        }
        else
        {
            count = payload.Length * Upsampler.Factor;
            G711.Decode(Codec, payload, _narrow);
            _upsampler.Upsample(_narrow.AsSpan(0, payload.Length), room);
        }

        _ready += count;
        if (count > 0)
            _packetSamples = count;
    }

    private void Conceal(ReadOnlySpan<byte> next)
    {
        var lost = _samples.AsSpan(_ready, _packetSamples);
        if (_decoder is not null)
            _decoder.Recover(next, lost);
        else
            // G.711 has no memory to make up from: a short silence is what telephony does at its simplest.
            lost.Clear();
        _ready += lost.Length;
    }
}
