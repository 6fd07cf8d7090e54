namespace GoTo.WebRtc.Srtp;

/// <summary>
/// The replay windows of a few sources, by SSRC. A search from the front: there are rarely more than two.
/// </summary>
internal struct SrtpSources(int capacity)
{
    private readonly uint[] _ssrcs = new uint[capacity];
    private readonly ReplayWindow[] _windows = new ReplayWindow[capacity];
    private int _count;

    public readonly bool Full => _count == _ssrcs.Length;

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
            place = _count++;
            _ssrcs[place] = ssrc;
        }

        _windows[place].Commit(index);
    }
}
