namespace GoTo.WebRtc.Net;

/// <summary>
/// Which peer is due when: a binary heap that holds each peer once, so that it is as large as there are peers and moving
/// a deadline, which every packet may do, allocates nothing. The deadlines lie beside each other: none is looked up in its
/// peer, which of many is not in the cache.
/// </summary>
internal sealed class TimerQueue
{
    /// <summary>The <see cref="IShardPeer.TimerPosition"/> of a peer that has no deadline.</summary>
    public const int Nowhere = -1;

    private Entry[] _heap = new Entry[16];
    private int _count;

    /// <summary>When the first peer is due (monotonic ticks); <see cref="long.MaxValue"/> for never.</summary>
    public long Next => _count == 0 ? long.MaxValue : _heap[0].At;

    /// <summary>Sets the peer's deadline, <see cref="long.MaxValue"/> for none.</summary>
    public void Schedule(IShardPeer peer, long at)
    {
        var position = peer.TimerPosition;
        if (at == long.MaxValue)
        {
            if (position != Nowhere)
                Remove(position);
        }
        else if (position == Nowhere)
        {
            Add(new Entry(at, peer));
        }
        else if (_heap[position].At != at)
        {
            Settle(position, new Entry(at, peer));
        }
    }

    /// <summary>Takes the first peer that is due; it has no deadline then.</summary>
    public bool TryTake(long now, out IShardPeer peer)
    {
        peer = null!;
        if (_count == 0 || _heap[0].At > now)
            return false;
        peer = _heap[0].Peer;
        Remove(0);
        return true;
    }

    private void Add(in Entry entry)
    {
        if (_count == _heap.Length)
            Array.Resize(ref _heap, 2 * _count);
        _count++;
        Settle(_count - 1, entry);
    }

    private void Remove(int position)
    {
        _heap[position].Peer.TimerPosition = Nowhere;
        var last = _heap[--_count];
        _heap[_count] = default;
        if (position != _count)
            Settle(position, last);
    }

    /// <summary>Puts the entry at this position, or above or below it, where its deadline belongs.</summary>
    private void Settle(int position, Entry entry)
    {
        while (position > 0 && _heap[(position - 1) / 2].At > entry.At)
        {
            Put(position, _heap[(position - 1) / 2]);
            position = (position - 1) / 2;
        }

        while (SoonerChild(position) is var child && child < _count && _heap[child].At < entry.At)
        {
            Put(position, _heap[child]);
            position = child;
        }

        Put(position, entry);
    }

    private int SoonerChild(int position)
    {
        var left = 2 * position + 1;
        return left + 1 < _count && _heap[left + 1].At < _heap[left].At ? left + 1 : left;
    }

    private void Put(int position, in Entry entry)
    {
        _heap[position] = entry;
        entry.Peer.TimerPosition = position;
    }

    private readonly record struct Entry(long At, IShardPeer Peer);
}
