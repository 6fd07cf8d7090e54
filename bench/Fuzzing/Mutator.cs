namespace GoTo.Bench.Fuzzing;

/// <summary>
/// Makes inputs out of seeds: input <c>i</c> of a seed number is always the same, whichever others are made. Not
/// thread-safe; allocates nothing per input.
/// </summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, int maxLength)
{
    private static readonly byte[] Interesting = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 191, 192, 254, 255];

    private readonly byte[] _input = new byte[maxLength];
    private readonly byte[] _copy = new byte[maxLength];
    private int _length;
    private ulong _state;

    /// <summary>Makes an input; valid until the next.</summary>
    public Span<byte> Make(ulong seed, long index)
    {
        _state = (seed * 0x9E3779B97F4A7C15) ^ (((ulong)index + 1) * 0xD1B54A32D192ED03);
        if (Next(64) == 0)
        {
            _length = Next(Math.Min(maxLength, 512));
            Noise(_input.AsSpan(0, _length));
            return _input.AsSpan(0, _length);
        }

        var origin = seeds[Next(seeds.Count)];
        _length = Math.Min(origin.Length, maxLength);
        origin.AsSpan(0, _length).CopyTo(_input);
        for (var changes = 1 + Next(1 + Next(8)); changes > 0; changes--)
            Change();
        return _input.AsSpan(0, _length);
    }

    private void Change()
    {
        if (_length == 0)
        {
            Insert(0, 1 + Next(8));
            return;
        }

        var at = Next(_length);
        var run = 1 + Next(Math.Min(_length - at, 1 + Next(32)));
        switch (Next(9))
        {
            case 0:
                _input[at] ^= (byte)(1 << Next(8));
                break;
            case 1:
                _input[at] = Interesting[Next(Interesting.Length)];
                break;
            case 2:
                // A length, a count, a number.
                _input[at] += (byte)(Next(9) - 4);
                break;
            case 3:
                Noise(_input.AsSpan(at, run));
                break;
            case 4:
                _input.AsSpan(at + run, _length - at - run).CopyTo(_input.AsSpan(at));
                _length -= run;
                break;
            case 5:
                Insert(at, run);
                break;
            case 6:
                _length = at;
                break;
            case 7:
                Repeat(at, run);
                break;
            default:
                Splice(at);
                break;
        }
    }

    private void Insert(int at, int count)
    {
        count = Math.Min(count, maxLength - _length);
        _input.AsSpan(at, _length - at).CopyTo(_input.AsSpan(at + count));
        Noise(_input.AsSpan(at, count));
        _length += count;
    }

    private void Repeat(int at, int count)
    {
        for (var times = 1 + Next(1 + Next(40)); times > 0 && _length + count <= maxLength; times--)
        {
            _input.AsSpan(at, count).CopyTo(_copy);
            _input.AsSpan(at, _length - at).CopyTo(_input.AsSpan(at + count));
            _copy.AsSpan(0, count).CopyTo(_input.AsSpan(at));
            _length += count;
        }
    }

    private void Splice(int at)
    {
        var other = seeds[Next(seeds.Count)];
        var from = Next(other.Length);
        var count = Math.Min(Next(other.Length - from + 1), maxLength - at);
        other.AsSpan(from, count).CopyTo(_input.AsSpan(at));
        _length = Math.Max(_length, at + count);
    }

    private void Noise(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
            value = (byte)Next(256);
    }

    // SplitMix64, the same on every runtime.
    private int Next(int bound)
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (int)((z >> 32) * (ulong)bound >> 32);
    }
}
