namespace GoTo.WebRtc.Mixing;

/// <summary>
/// Makes one encoded stream of what several sources say, or of one that speaks another codec: decodes, adds, encodes,
/// 20 ms at a time. Inputs are added and removed by the shard's thread, the rest is done by the codec thread. Allocates
/// nothing per packet.
/// </summary>
internal sealed class LegMix : IDisposable
{
    private readonly IMixSink _sink;
    private readonly OpusEncoder? _encoder;
    private readonly byte[] _payload = new byte[OpusEncoder.MaxPayload];
    private readonly short[] _frame;
    private readonly short[] _one;
    private readonly int[] _sum;
    private volatile MixInput[] _inputs = [];
    private volatile bool _emits;
    private volatile bool _isOver;

    /// <summary>Creates a mix without inputs.</summary>
    /// <param name="codec">What it is encoded in.</param>
    /// <param name="sink">What takes the packets, on the codec thread.</param>
    /// <exception cref="OpusUnavailableException">libopus is needed and not on this machine.</exception>
    public LegMix(AudioCodec codec, IMixSink sink)
    {
        Codec = codec;
        _sink = sink;
        if (codec == AudioCodec.Opus)
            _encoder = new OpusEncoder();
        var samples = codec.ClockRate / 50;
        (_frame, _one, _sum) = (new short[samples], new short[samples], new int[samples]);
    }

    public AudioCodec Codec { get; }

    /// <summary>Whether packets are wanted; if not, inputs are decoded all the same, so that they may join at once.</summary>
    public bool Emits
    {
        get => _emits;
        set => _emits = value;
    }

    /// <summary>Set when the mix is wanted no more; the codec thread then disposes of what is its.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    /// <summary>Adds a source.</summary>
    /// <exception cref="OpusUnavailableException">libopus is needed and not on this machine.</exception>
    public MixInput Add(AudioCodec codec)
    {
        var input = new MixInput(codec, Codec.ClockRate);
        _inputs = [.. _inputs, input];
        return input;
    }

    /// <summary>Takes a source away. Its decoder goes with its finalizer, since the codec thread may be using it.</summary>
    public void Remove(MixInput input) => _inputs = Array.FindAll(_inputs, other => other != input);

    /// <summary>Makes the next 20 ms and gives them to the sink, unless all sources are silent.</summary>
    public void Tick()
    {
        var heard = 0;
        foreach (var input in _inputs)
        {
            if (!input.Read(_one))
                continue;
            if (heard++ == 0)
                Array.Clear(_sum);
            for (var i = 0; i < _sum.Length; i++)
                _sum[i] += _one[i];
        }

        if (heard == 0 || !Emits)
            return;
        for (var i = 0; i < _frame.Length; i++)
            _frame[i] = (short)Math.Clamp(_sum[i], short.MinValue, short.MaxValue);
        _sink.OnMixed(_payload.AsSpan(0, Encode()), _frame.Length);
    }

    /// <summary>Frees what is native, on the codec thread.</summary>
    public void Dispose()
    {
        foreach (var input in _inputs)
            input.Dispose();
        _encoder?.Dispose();
    }

    private int Encode()
    {
        if (_encoder is not null)
            return _encoder.Encode(_frame, _payload);
        G711.Encode(Codec, _frame, _payload);
        return _frame.Length;
    }
}

/// <summary>What takes the packets of a mix.</summary>
internal interface IMixSink
{
    /// <summary>20 ms, encoded; valid during the call only. On the codec thread.</summary>
    void OnMixed(ReadOnlySpan<byte> payload, int samples);
}
