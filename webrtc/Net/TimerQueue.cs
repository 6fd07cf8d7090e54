namespace GoTo.WebRtc.Net;

/// <summary>
/// Which peer is due when: a binary heap that holds each peer once, so that it is as large as there are peers and moving
/// a deadline, which every packet may do, allocates nothing.
/// </summary>
internal sealed class TimerQueue
{
    private IShardPeer[] _heap = new IShardPeer[16];
    private int _count;

    /// <summary>When the first peer is due (monotonic ticks); <see cref="long.MaxValue"/> for never.</summary>
    public long Next => _count == 0 ? long.MaxValue : _heap[0].ScheduledAt;

    /// <summary>Sets the peer's deadline, <see cref="long.MaxValue"/> for none.</summary>
    public void Schedule(IShardPeer peer, long at)
    {
        if (peer.ScheduledAt == at)
            return;
        var waits = peer.ScheduledAt != long.MaxValue;
        peer.ScheduledAt = at;
        if (at == long.MaxValue)
            Remove(peer.TimerPosition);
        else if (waits)
            Settle(peer.TimerPosition);
        else
            Add(peer);
    }

    /// <summary>Takes the first peer that is due; it has no deadline then.</summary>
    public bool TryTake(long now, out IShardPeer peer)
    {
        peer = null!;
        if (Next > now || _count == 0)
            return false;
        peer = _heap[0];
        peer.ScheduledAt = long.MaxValue;
        Remove(0);
        return true;
    }

    private void Add(IShardPeer peer)
    {
        if (_count == _heap.Length)
            Array.Resize(ref _heap, 2 * _count);
        Put(_count++, peer);
        Settle(_count - 1);
    }

    private void Remove(int position)
    {
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (position == _count)
            return;
        Put(position, last);
        Settle(position);
    }

    /// <summary>Moves the peer at this position up or down to where its deadline belongs.</summary>
    private void Settle(int position)
    {
        var peer = _heap[position];
        while (position > 0 && _heap[(position - 1) / 2].ScheduledAt > peer.ScheduledAt)
        {
            Put(position, _heap[(position - 1) / 2]);
            position = (position - 1) / 2;
        }

        while (SoonerChild(position) is var child && child < _count && _heap[child].ScheduledAt < peer.ScheduledAt)
        {
            Put(position, _heap[child]);
            position = child;
        }

        Put(position, peer);
    }

    private int SoonerChild(int position)
    {
        var left = 2 * position + 1;
        return left + 1 < _count && _heap[left + 1].ScheduledAt < _heap[left].ScheduledAt ? left + 1 : left;
    }

    private void Put(int position, IShardPeer peer)
    {
        _heap[position] = peer;
        peer.TimerPosition = position;
    }
}
