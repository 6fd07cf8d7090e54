using GoTo.WebRtc;

namespace GoTo.Tones;

/// <summary>
/// Hears which of the known pitches are in what a party receives, how loud, and when: the tap of its
/// <see cref="AudioReceiver"/>, or fed by <see cref="Hear(ReadOnlySpan{byte})"/>. Thread-safe.
/// </summary>
public sealed class ToneDetector : IRtpTap, IDisposable
{
    /// <summary>A pitch is heard when it is louder than this, in decibels below full scale.</summary>
    public const double Threshold = -35;

    // 100 ms, in which pitches 40 Hz apart can be told apart.
    private const int Window = 4_800;

    private static readonly double[] Hann = Array.ConvertAll(
        Enumerable.Range(0, Window).ToArray(), i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Window)));

    private readonly Lock _lock = new();
    private readonly OpusDecoder _decoder = new();
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly Pitch[] _pitches;
    private readonly short[] _recent = new short[Window];
    private readonly List<HeardTone> _heard = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates a detector.</summary>
    /// <param name="pitches">The pitches to listen for, in Hz, at least 40 Hz apart.</param>
    public ToneDetector(params ReadOnlySpan<double> pitches)
        : this(TimeProvider.System, pitches)
    {
    }

    /// <summary>Creates a detector.</summary>
    /// <param name="time">What "when" is told by.</param>
    /// <param name="pitches">The pitches to listen for, in Hz, at least 40 Hz apart.</param>
    public ToneDetector(TimeProvider time, params ReadOnlySpan<double> pitches)
    {
        _time = time;
        _startedAt = time.GetTimestamp();
        _pitches = new Pitch[pitches.Length];
        for (var i = 0; i < pitches.Length; i++)
            _pitches[i] = new Pitch(pitches[i]);
    }

    /// <summary>What is heard is encoded in: Opus by default, or G.711.</summary>
    public AudioCodec Codec { get; init; } = AudioCodec.Opus;

    /// <summary>Every stretch in which a pitch was heard, in order of their beginning; one may still go on.</summary>
    public IReadOnlyList<HeardTone> Heard
    {
        get
        {
            lock (_lock)
                return [.. _heard];
        }
    }

    /// <summary>The pitches that are heard now, that is in the last 100 ms that were received.</summary>
    public IReadOnlyList<double> Hearing
    {
        get
        {
            lock (_lock)
                return Array.ConvertAll(Array.FindAll(_pitches, pitch => pitch.IsHeard), pitch => pitch.Hertz);
        }
    }

    /// <summary>How loud a pitch is now: its peak in decibels below full scale.</summary>
    /// <param name="hertz">One of the pitches listened for.</param>
    public double Level(double hertz)
    {
        lock (_lock)
            return Array.Find(_pitches, pitch => pitch.Hertz == hertz).Level;
    }

    /// <summary>Completes when these pitches and no others of the known ones are heard.</summary>
    /// <param name="within">How long that may take.</param>
    /// <param name="hertz">The pitches; none for silence.</param>
    /// <exception cref="TimeoutException">It did not come to that; the message tells what was heard.</exception>
    public async Task WaitFor(TimeSpan within, params double[] hertz)
    {
        var wanted = hertz.Order().ToArray();
        using var deadline = new CancellationTokenSource(within);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (Hearing.Order().SequenceEqual(wanted))
                    return;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"Not heard within {within}: {Names(wanted)} alone. Now: {Names(Hearing)}. "
                    + $"In all: {string.Join("; ", Heard)}.");
            }
        }
    }

    /// <summary>Hears an RTP packet.</summary>
    public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt) => Hear(payload);

    /// <summary>Hears a payload.</summary>
    /// <param name="payload">What follows those heard before; what is no Opus is not heard.</param>
    public void Hear(ReadOnlySpan<byte> payload)
    {
        Span<short> samples = stackalloc short[OpusDecoder.MaxSamples];
        lock (_lock)
        {
            if (Codec != AudioCodec.Opus)
                Hear(Widen(payload, samples));
            else if (_decoder.TryDecode(payload, samples, out var count))
                Hear(samples[..count]);
        }
    }

    /// <summary>Hears samples.</summary>
    /// <param name="samples">48 kHz, mono.</param>
    public void Hear(ReadOnlySpan<short> samples)
    {
        lock (_lock)
        {
            while (samples.Length > OpusEncoder.FrameSamples)
            {
                HearFrame(samples[..OpusEncoder.FrameSamples]);
                samples = samples[OpusEncoder.FrameSamples..];
            }

            HearFrame(samples);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    /// <summary>G.711 at 48 kHz, each sample six times: the images above 4 kHz disturb no pitch.</summary>
    private Span<short> Widen(ReadOnlySpan<byte> payload, Span<short> wide)
    {
        payload = payload[..Math.Min(payload.Length, wide.Length / 6)];
        Span<short> narrow = stackalloc short[payload.Length];
        G711.Decode(Codec, payload, narrow);
        for (var i = 0; i < 6 * narrow.Length; i++)
            wide[i] = narrow[i / 6];
        return wide[..(6 * narrow.Length)];
    }

    private void HearFrame(ReadOnlySpan<short> samples)
    {
        _recent.AsSpan(samples.Length).CopyTo(_recent);
        samples.CopyTo(_recent.AsSpan(Window - samples.Length));
        var now = _time.GetElapsedTime(_startedAt);
        var isChanged = false;
        foreach (ref var pitch in _pitches.AsSpan())
        {
            pitch.Level = LevelOf(pitch.Hertz);
            isChanged |= Note(ref pitch, now);
        }

        if (!isChanged)
            return;
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private bool Note(ref Pitch pitch, TimeSpan now)
    {
        var wasHeard = pitch.IsHeard;
        pitch.IsHeard = pitch.Level > Threshold;
        if (pitch.IsHeard)
        {
            if (!wasHeard)
            {
                pitch.Index = _heard.Count;
                _heard.Add(new HeardTone(pitch.Hertz, now, now, pitch.Level));
            }

            var heard = _heard[pitch.Index];
            _heard[pitch.Index] = heard with { To = now, Level = Math.Max(heard.Level, pitch.Level) };
        }

        return wasHeard != pitch.IsHeard;
    }

    /// <summary>The peak of one frequency in the window (Goertzel's algorithm), in decibels below full scale.</summary>
    private double LevelOf(double hertz)
    {
        var coefficient = 2 * Math.Cos(2 * Math.PI * hertz / 48_000);
        double before = 0, beforeThat = 0;
        for (var i = 0; i < Window; i++)
        {
            var value = (_recent[i] * Hann[i]) + (coefficient * before) - beforeThat;
            (beforeThat, before) = (before, value);
        }

        var power = (before * before) + (beforeThat * beforeThat) - (coefficient * before * beforeThat);
        // The mean of Hann's window is a half; so is a sine's share in its one side of the spectrum.
        var amplitude = Math.Sqrt(Math.Max(power, 0)) * 4 / Window;
        return 20 * Math.Log10(Math.Max(amplitude, 1) / short.MaxValue);
    }

    private static string Names(IReadOnlyList<double> hertz) =>
        hertz.Count == 0 ? "silence" : string.Join(", ", hertz.Select(pitch => $"{pitch} Hz"));

    private record struct Pitch(double Hertz)
    {
        public double Level { get; set; } = double.NegativeInfinity;

        public bool IsHeard { get; set; }

        public int Index { get; set; }
    }
}

/// <summary>A stretch in which a pitch was heard.</summary>
/// <param name="Hertz">The pitch.</param>
/// <param name="From">When it was first heard, from when the detector was made.</param>
/// <param name="To">When it was last heard.</param>
/// <param name="Level">Its greatest level, in decibels below full scale.</param>
public readonly record struct HeardTone(double Hertz, TimeSpan From, TimeSpan To, double Level)
{
    /// <summary>"440 Hz from 1.20 s to 3.40 s, -12 dB".</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Hertz} Hz from {From.TotalSeconds:0.00} s to {To.TotalSeconds:0.00} s, {Level:0} dB");
}
