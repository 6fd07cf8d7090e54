using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <summary>
/// The receiving half of an association (RFC 9260 sections 6.2, 6.5 to 6.7, RFC 3758 section 3.6): what has come, what
/// is missing, and messages put together from their fragments and into order. Memory is bounded.
/// </summary>
internal sealed class SctpReceiver(ISctpSink sink)
{
    /// <summary>The longest message taken, in bytes.</summary>
    public const int MaxMessage = 256 * 1024;

    /// <summary>How much may wait for what is missing before it, in bytes; the window that the peer is told.</summary>
    public const int Window = 2 * MaxMessage;

    private const int DataHeader = 12;
    private const int MaxAhead = 8192;
    private const int MaxDuplicates = 16;
    private const int MaxGaps = 128;

    // A fragment or message kept costs about this beside its bytes: chunks of one byte must not get around the window.
    private const int Bookkeeping = 64;

    private readonly Dictionary<uint, Fragment> _fragments = [];
    private readonly List<uint> _ahead = []; // TSNs beyond the cumulative one, in order
    private readonly List<uint> _duplicates = [];
    private readonly Dictionary<ushort, InStream> _streams = [];
    private int _buffered;

    /// <summary>The highest TSN up to which nothing is missing.</summary>
    public uint CumulativeTsn { get; private set; }

    /// <summary>Whether something is missing before what has come.</summary>
    public bool HasGaps => _ahead.Count > 0;

    /// <summary>Whether a chunk came twice since the last SACK.</summary>
    public bool HasDuplicates => _duplicates.Count > 0;

    /// <summary>The length of a SACK's value now.</summary>
    public int SackLength => 12 + (4 * Gaps().Count) + (4 * _duplicates.Count);

    /// <summary>Begins with what the peer will send first.</summary>
    public void Begin(uint initialTsn) => CumulativeTsn = initialTsn - 1;

    /// <summary>Takes the value of a DATA chunk.</summary>
    /// <returns>False when the peer breaks the protocol.</returns>
    public bool TakeData(SctpDataFlags flags, ReadOnlySpan<byte> value)
    {
        if (value.Length <= DataHeader) return false;
        var tsn = BinaryPrimitives.ReadUInt32BigEndian(value);
        var ahead = tsn - CumulativeTsn;
        if (!Serial.After(tsn, CumulativeTsn) || _ahead.BinarySearch(tsn, SerialOrder.Instance) >= 0)
        {
            if (_duplicates.Count < MaxDuplicates) _duplicates.Add(tsn);
            return true;
        }

        // What does not fit is not acknowledged; the peer will send it again. The next one missing always fits.
        var data = value[DataHeader..];
        if (ahead > MaxAhead || ahead > 1 && _buffered + data.Length + Bookkeeping > Window) return true;
        Mark(tsn);
        var fragment = new Fragment(
            flags, BinaryPrimitives.ReadUInt16BigEndian(value[4..]), BinaryPrimitives.ReadUInt16BigEndian(value[6..]),
            BinaryPrimitives.ReadUInt32BigEndian(value[8..]), data.ToArray());
        if (fragment.IsBeginning && fragment.IsEnd) return Complete(fragment, fragment.Data);
        Keep(tsn, fragment);
        return TryAssemble(tsn);
    }

    /// <summary>Takes the value of a FORWARD-TSN chunk: the peer has given up what is missing up to a TSN.</summary>
    /// <returns>False when the peer breaks the protocol.</returns>
    public bool TakeForwardTsn(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4 || value.Length % 4 != 0) return false;
        var tsn = BinaryPrimitives.ReadUInt32BigEndian(value);
        if (!Serial.After(tsn, CumulativeTsn)) return true;
        CumulativeTsn = tsn;
        _ahead.RemoveAll(known => !Serial.After(known, tsn));
        Advance();
        foreach (var old in _fragments.Keys.Where(known => !Serial.After(known, tsn)).ToList()) Forget(old);
        for (var skipped = value[4..]; !skipped.IsEmpty; skipped = skipped[4..])
        {
            var stream = Stream(BinaryPrimitives.ReadUInt16BigEndian(skipped));
            if (stream is null) return false;
            Skip(stream, BinaryPrimitives.ReadUInt16BigEndian(skipped[2..]));
        }

        return true;
    }

    /// <summary>Writes the value of a SACK chunk (RFC 9260 section 3.3.4).</summary>
    public void WriteSack(Span<byte> value)
    {
        var gaps = Gaps();
        BinaryPrimitives.WriteUInt32BigEndian(value, CumulativeTsn);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], (uint)Math.Max(0, Window - _buffered));
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps.Count);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], (ushort)_duplicates.Count);
        value = value[12..];
        foreach (var (start, end) in gaps)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)(start - CumulativeTsn));
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(end - CumulativeTsn));
            value = value[4..];
        }

        foreach (var duplicate in _duplicates)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, duplicate);
            value = value[4..];
        }

        _duplicates.Clear();
    }

    /// <summary>The peer numbers its messages on these streams anew; on all of them when there are none.</summary>
    public void ResetStreams(IReadOnlyCollection<ushort> streams)
    {
        var which = streams.Count > 0 ? streams : [.. _streams.Keys];
        foreach (var id in which)
        {
            if (_streams.Remove(id, out var stream)) _buffered -= stream.Waiting.Values.Sum(Cost);
            sink.OnSctpStreamReset(id);
        }
    }

    private static int Cost(Fragment message) => message.Data.Length + Bookkeeping;

    private void Mark(uint tsn)
    {
        if (tsn == CumulativeTsn + 1)
        {
            CumulativeTsn = tsn;
            Advance();
        }
        else
        {
            _ahead.Insert(~_ahead.BinarySearch(tsn, SerialOrder.Instance), tsn);
        }
    }

    private void Advance()
    {
        var count = 0;
        while (count < _ahead.Count && _ahead[count] == CumulativeTsn + 1)
        {
            CumulativeTsn++;
            count++;
        }

        _ahead.RemoveRange(0, count);
    }

    private List<(uint Start, uint End)> Gaps()
    {
        var gaps = new List<(uint Start, uint End)>();
        foreach (var tsn in _ahead)
        {
            if (gaps.Count > 0 && gaps[^1].End + 1 == tsn) gaps[^1] = (gaps[^1].Start, tsn);
            else if (gaps.Count == MaxGaps) break;
            else gaps.Add((tsn, tsn));
        }

        return gaps;
    }

    private void Keep(uint tsn, Fragment fragment)
    {
        _fragments[tsn] = fragment;
        _buffered += Cost(fragment);
    }

    private void Forget(uint tsn)
    {
        if (_fragments.Remove(tsn, out var fragment)) _buffered -= Cost(fragment);
    }

    /// <summary>Puts the message together that a fragment belongs to, if all of it is there.</summary>
    private bool TryAssemble(uint tsn)
    {
        var first = tsn;
        while (!_fragments[first].IsBeginning)
        {
            if (!_fragments.TryGetValue(first - 1, out var before)) return WithinLimit(first, tsn);
            if (before.IsEnd || !before.Continues(_fragments[first])) return false;
            first--;
        }

        var last = tsn;
        while (!_fragments[last].IsEnd)
        {
            if (!_fragments.TryGetValue(last + 1, out var next)) return WithinLimit(first, last);
            if (next.IsBeginning || !next.Continues(_fragments[last])) return false;
            last++;
        }

        if (!WithinLimit(first, last)) return false;
        var message = new byte[LengthOf(first, last)];
        var head = _fragments[first];
        var length = 0;
        for (var at = first; at != last + 1; at++)
        {
            _fragments[at].Data.CopyTo(message, length);
            length += _fragments[at].Data.Length;
            Forget(at);
        }

        return Complete(head, message);
    }

    private bool WithinLimit(uint first, uint last) => LengthOf(first, last) <= MaxMessage;

    private int LengthOf(uint first, uint last)
    {
        var length = 0;
        for (var at = first; at != last + 1; at++) length += _fragments[at].Data.Length;
        return length;
    }

    private bool Complete(Fragment head, byte[] message)
    {
        if (head.IsUnordered)
        {
            sink.OnSctpMessage(head.Stream, head.Protocol, message);
            return true;
        }

        var stream = Stream(head.Stream);
        if (stream is null) return false;
        if (head.Sequence != stream.Expected)
        {
            var whole = head with { Data = message };
            if (Serial.After(head.Sequence, stream.Expected) && stream.Waiting.TryAdd(head.Sequence, whole))
                _buffered += Cost(whole);
            return true;
        }

        stream.Expected++;
        sink.OnSctpMessage(head.Stream, head.Protocol, message);
        DeliverWaiting(stream);
        return true;
    }

    private void DeliverWaiting(InStream stream)
    {
        while (stream.Waiting.Remove(stream.Expected, out var message))
        {
            stream.Expected++;
            Deliver(message);
        }
    }

    private void Skip(InStream stream, ushort sequence)
    {
        if (!Serial.After((ushort)(sequence + 1), stream.Expected)) return;
        var whole = stream.Waiting.Keys.Where(waiting => !Serial.After(waiting, sequence))
            .OrderBy(waiting => (ushort)(waiting - stream.Expected)).ToList();
        stream.Expected = (ushort)(sequence + 1);
        foreach (var waiting in whole)
        {
            if (stream.Waiting.Remove(waiting, out var message)) Deliver(message);
        }

        DeliverWaiting(stream);
    }

    private void Deliver(Fragment message)
    {
        _buffered -= Cost(message);
        sink.OnSctpMessage(message.Stream, message.Protocol, message.Data);
    }

    /// <summary>The state of a stream; null when the peer uses more of them than we keep.</summary>
    private InStream? Stream(ushort id)
    {
        if (_streams.TryGetValue(id, out var stream)) return stream;
        if (_streams.Count >= SctpAssociation.MaxStreams) return null;
        return _streams[id] = new InStream();
    }

    private sealed class InStream
    {
        public ushort Expected { get; set; }

        public Dictionary<ushort, Fragment> Waiting { get; } = [];
    }

    private sealed record Fragment(SctpDataFlags Flags, ushort Stream, ushort Sequence, uint Protocol, byte[] Data)
    {
        public bool IsBeginning => (Flags & SctpDataFlags.Beginning) != 0;

        public bool IsEnd => (Flags & SctpDataFlags.End) != 0;

        public bool IsUnordered => (Flags & SctpDataFlags.Unordered) != 0;

        public bool Continues(Fragment other) => Stream == other.Stream && IsUnordered == other.IsUnordered
            && (IsUnordered || Sequence == other.Sequence);
    }

    private sealed class SerialOrder : IComparer<uint>
    {
        public static SerialOrder Instance { get; } = new();

        public int Compare(uint x, uint y) => x == y ? 0 : Serial.After(x, y) ? 1 : -1;
    }
}
