namespace GoTo.WebRtc.Srtp;

/// <summary>
/// The replay windows of a few sources, by SSRC. A search from the front: there is rarely more than one, and for one
/// there is room at first.
/// </summary>
internal struct SrtpSources(int capacity)
{
    private uint[] _ssrcs = new uint[1];
    private ReplayWindow[] _windows = new ReplayWindow[1];
    private int _count;

    public readonly bool Full => _count == capacity;

    /// <summary>Where a source is; -1 when it is not known.</summary>
    public readonly int Find(uint ssrc) => _ssrcs.AsSpan(0, _count).IndexOf(ssrc);

    /// <summary>The window at a place that <see cref="Find"/> gave; that of a source without packets for -1.</summary>
    public readonly ReplayWindow this[int place] => place < 0 ? default : _windows[place];

    /// <summary>Marks an index as seen; a source that was not known becomes known if there is room.</summary>
    public void Commit(int place, uint ssrc, ulong index)
    {
        if (place < 0)
        {
            if (Full) return;
            if (_count == _ssrcs.Length) Grow();
            place = _count++;
            _ssrcs[place] = ssrc;
        }

        _windows[place].Commit(index);
    }

    private void Grow()
    {
        var room = Math.Min(2 * _count, capacity);
        Array.Resize(ref _ssrcs, room);
        Array.Resize(ref _windows, room);
    }
}
