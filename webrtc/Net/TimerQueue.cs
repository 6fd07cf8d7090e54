namespace GoTo.WebRtc.Net;

/// <summary>
/// Which peer is due when. A peer has one deadline; moving it leaves the old entry behind, to be skipped when it
/// comes up.
/// </summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<IShardPeer, long> _queue = new();

    /// <summary>When the first peer is due (monotonic ticks); <see cref="long.MaxValue"/> for never.</summary>
    public long Next
    {
        get
        {
            while (_queue.TryPeek(out var peer, out var at))
            {
                if (peer.ScheduledAt == at)
                    return at;
                _queue.Dequeue();
            }

            return long.MaxValue;
        }
    }

    /// <summary>Sets the peer's deadline, <see cref="long.MaxValue"/> for none.</summary>
    public void Schedule(IShardPeer peer, long at)
    {
        if (peer.ScheduledAt == at)
            return;
        peer.ScheduledAt = at;
        if (at != long.MaxValue)
            _queue.Enqueue(peer, at);
    }

    /// <summary>Takes the first peer that is due; it has no deadline then.</summary>
    public bool TryTake(long now, out IShardPeer peer)
    {
        peer = null!;
        if (Next > now)
            return false;
        peer = _queue.Dequeue();
        peer.ScheduledAt = long.MaxValue;
        return true;
    }
}
