using System.Collections.Concurrent;

namespace GoTo.WebRtc.Net;

/// <content>Work and payloads that other threads hand to the shard.</content>
internal sealed partial class UdpShard
{
    /// <summary>The longest payload to post, in bytes: it leaves room for headers in any usual path's MTU.</summary>
    public const int MaxPayload = 1200;

    // Kept for payloads on their way to the shard: a burst of this many allocates nothing.
    private const int MaxSpareBuffers = 512;

    private readonly ConcurrentQueue<Posted> _posted = new();
    private readonly ConcurrentQueue<byte[]> _spareBuffers = new();
    private int _wakeRequested;

    /// <summary>Has the work done on the shard's thread, soon (well under a millisecond). Thread-safe.</summary>
    public void Post(IShardWork work) => Post(new Posted(work, null, null, 0, 0, false));

    /// <inheritdoc cref="Post(IShardWork)"/>
    public void Post(Action work) => Post(new ActionWork(work));

    /// <summary>
    /// Hands a copy of the payload, at most <see cref="MaxPayload"/> bytes, to the target on the shard's thread.
    /// Thread-safe.
    /// </summary>
    public void PostPayload(IPayloadTarget target, ReadOnlySpan<byte> payload, int samples, bool marker)
    {
        if (!_spareBuffers.TryDequeue(out var copy))
            copy = new byte[MaxPayload];
        payload.CopyTo(copy);
        Post(new Posted(null, target, copy, payload.Length, samples, marker));
    }

    private void Post(in Posted posted)
    {
        _posted.Enqueue(posted);
        if (_isOver)
            AbandonPosted();
        else if (Interlocked.Exchange(ref _wakeRequested, 1) == 0)
            _sockets.Wake();
    }

    private void DoPosted()
    {
        // Reset first: what is posted from here on wakes the next wait.
        Interlocked.Exchange(ref _wakeRequested, 0);
        // Bounded, so that work that posts work cannot keep datagrams waiting.
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var posted); left--)
        {
            try
            {
                Do(posted);
            }
            catch (Exception e)
            {
                _logger.CommandFailed(e, LocalEndPoint);
            }
        }
    }

    private void Do(in Posted posted)
    {
        if (posted.Work is not null)
        {
            posted.Work.Run();
            return;
        }

        posted.Target!.Send(posted.Payload.AsSpan(0, posted.Length), posted.Samples, posted.Marker, Now);
        if (_spareBuffers.Count < MaxSpareBuffers)
            _spareBuffers.Enqueue(posted.Payload!);
    }

    private void AbandonPosted()
    {
        while (_posted.TryDequeue(out var posted))
            posted.Work?.Abandon();
    }

    private readonly record struct Posted(
        IShardWork? Work, IPayloadTarget? Target, byte[]? Payload, int Length, int Samples, bool Marker);

    private sealed class ActionWork(Action action) : IShardWork
    {
        public void Run() => action();

        public void Abandon()
        {
        }
    }
}
