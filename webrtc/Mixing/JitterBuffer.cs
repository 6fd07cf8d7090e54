namespace GoTo.WebRtc.Mixing;

/// <summary>What <see cref="JitterBuffer.Take"/> found.</summary>
internal enum JitterBufferResult
{
    /// <summary>The next packet.</summary>
    Packet,

    /// <summary>The next packet is not there, but later ones are.</summary>
    Lost,

    /// <summary>Nothing is there, or it is too early to begin.</summary>
    Empty,
}

/// <summary>
/// Puts the packets of one source in order, and holds them back by one to two of them, so that a late one does not tear
/// a hole. Bounded: of more than <see cref="MaxDepth"/> the oldest are dropped. Not thread-safe; no allocation.
/// </summary>
internal sealed class JitterBuffer
{
    /// <summary>The most packets held: 100 ms of the usual 20 ms each.</summary>
    public const int MaxDepth = 5;

    // What remains of a burst after so many packets is delay that nobody needs.
    private const int DrainAfter = 50;
    private const int DrainDepth = 2;

    // A source whose numbers are further off than this has begun anew.
    private const int MaxJump = 100;

    private const int Slots = 8;

    private readonly byte[][] _payloads = new byte[Slots][];
    private readonly int[] _lengths = new int[Slots];
    private ushort _next;
    private int _depth;
    private bool _hasNext;
    private bool _isArmed;
    private bool _isPlaying;
    private int _leastDepth = int.MaxValue;
    private int _taken;

    public JitterBuffer()
    {
        for (var i = 0; i < Slots; i++)
            _payloads[i] = new byte[OpusEncoder.MaxPayload];
    }

    /// <summary>Packets that were dropped because they came too late, or to keep the bound.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes a received packet in.</summary>
    public void Push(ushort sequence, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || payload.Length > OpusEncoder.MaxPayload)
        {
            Dropped++;
            return;
        }

        if (!_hasNext || Math.Abs((int)(short)(sequence - _next)) > MaxJump)
            Restart(sequence);
        var ahead = (short)(sequence - _next);
        if (ahead < 0)
        {
            // Before the first is played, one that was overtaken may still take its place.
            if (_isPlaying || _depth - ahead > MaxDepth)
            {
                Dropped++;
                return;
            }

            _next = sequence;
            _depth -= ahead;
            ahead = 0;
        }

        for (; ahead >= MaxDepth; ahead--)
            Skip();
        payload.CopyTo(_payloads[sequence % Slots]);
        _lengths[sequence % Slots] = payload.Length;
        _depth = Math.Max(_depth, ahead + 1);
    }

    /// <summary>Takes the next packet out.</summary>
    /// <param name="payload">
    /// The packet; when it is lost, the one after it if that is there, for its forward error correction. Valid until
    /// the next <see cref="Push"/>.
    /// </param>
    public JitterBufferResult Take(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!_isPlaying)
        {
            // The first packet waits for one turn.
            _isPlaying = _isArmed && _depth > 0;
            _isArmed = _depth > 0;
        }

        if (!_isPlaying || _depth == 0)
            return JitterBufferResult.Empty;
        Drain();
        payload = At(_next);
        var isThere = !payload.IsEmpty;
        if (!isThere)
            payload = At((ushort)(_next + 1));
        Advance();
        return isThere ? JitterBufferResult.Packet : JitterBufferResult.Lost;
    }

    /// <summary>The source pauses: what comes next is held back again before it is played.</summary>
    public void Pause() => (_isPlaying, _isArmed) = (false, false);

    private void Drain()
    {
        _leastDepth = Math.Min(_leastDepth, _depth);
        if (++_taken < DrainAfter)
            return;
        if (_leastDepth > DrainDepth)
            Skip();
        (_taken, _leastDepth) = (0, int.MaxValue);
    }

    private ReadOnlySpan<byte> At(ushort sequence) => _payloads[sequence % Slots].AsSpan(0, _lengths[sequence % Slots]);

    private void Skip()
    {
        if (!At(_next).IsEmpty)
            Dropped++;
        Advance();
    }

    private void Advance()
    {
        _lengths[_next % Slots] = 0;
        _next++;
        _depth = Math.Max(0, _depth - 1);
    }

    private void Restart(ushort sequence)
    {
        Array.Clear(_lengths);
        _next = sequence;
        _depth = 0;
        _hasNext = true;
        Pause();
    }
}
