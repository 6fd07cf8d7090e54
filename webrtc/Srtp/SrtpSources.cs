namespace GoTo.WebRtc.Srtp;

/// <summary>
/// The replay windows of a few sources, by SSRC. There is rarely more than one: the first is kept in place, the others
/// in arrays that are searched from the front.
/// </summary>
internal struct SrtpSources(int capacity)
{
    private uint _firstSsrc;
    private int _count;
    private ReplayWindow _first;
    private uint[] _otherSsrcs = [];
    private ReplayWindow[] _others = [];

    public readonly bool Full => _count == capacity;

    /// <summary>Where a source is; -1 when it is not known.</summary>
    public readonly int Find(uint ssrc)
    {
        if (_count == 0) return -1;
        if (_firstSsrc == ssrc) return 0;
        var other = _otherSsrcs.AsSpan(0, _count - 1).IndexOf(ssrc);
        return other < 0 ? -1 : other + 1;
    }

    /// <summary>The window at a place that <see cref="Find"/> gave; that of a source without packets for -1.</summary>
    public readonly ReplayWindow this[int place] => place < 0 ? default : place == 0 ? _first : _others[place - 1];

    /// <summary>Marks an index as seen; a source that was not known becomes known if there is room.</summary>
    public void Commit(int place, uint ssrc, ulong index)
    {
        if (place < 0)
        {
            if (Full) return;
            place = _count++;
            if (place > _otherSsrcs.Length) Grow();
            if (place == 0) _firstSsrc = ssrc;
            else _otherSsrcs[place - 1] = ssrc;
        }

        if (place == 0) _first.Commit(index);
        else _others[place - 1].Commit(index);
    }

    private void Grow()
    {
        var room = Math.Min(Math.Max(1, 2 * _otherSsrcs.Length), capacity - 1);
        Array.Resize(ref _otherSsrcs, room);
        Array.Resize(ref _others, room);
    }
}
