using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Mixing;

/// <summary>
/// A thread that decodes and encodes, beside the shards: a frame takes it a hundred times what passing a packet on
/// takes a shard, and the calls that are passed on must not wait for those that are mixed. Begins with the first mix.
/// </summary>
internal sealed class CodecThread : IDisposable
{
    private const int FrameMs = 20;

    // Later than this, frames are left out rather than caught up with.
    private const int MaxLateMs = 100;

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<LegMix> _added = new();
    private readonly List<LegMix> _mixes = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly Lock _startLock = new();
    private Thread? _thread;
    private volatile bool _isOver;
    private int _legs;

    public CodecThread(TimeProvider time, ILogger logger) => (_time, _logger) = (time, logger);

    /// <summary>How many mixes it ticks; one that is over counts until the next tick.</summary>
    public int Legs => Volatile.Read(ref _legs);

    /// <summary>Ticks the mix every 20 ms until it is over. Thread-safe.</summary>
    public void Add(LegMix mix)
    {
        Interlocked.Increment(ref _legs);
        _added.Enqueue(mix);
        lock (_startLock)
        {
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "rtc-codec" };
                _thread.Start();
            }
        }

        _wake.Set();
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _isOver = true;
        _wake.Set();
        lock (_startLock)
            _thread?.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        var start = _time.GetTimestamp();
        var due = 0.0;
        while (!_isOver)
        {
            Take();
            if (_mixes.Count == 0)
            {
                _wake.WaitOne();
                due = Now();
                continue;
            }

            var wait = due - Now();
            if (wait > 0)
            {
                // Woken early by a mix that joins: the time is looked at again.
                _wake.WaitOne((int)Math.Min(Math.Ceiling(wait), FrameMs));
                continue;
            }

            if (-wait > MaxLateMs)
            {
                _logger.CodecThreadLate(-wait, _mixes.Count);
                due = Now();
            }

            due += FrameMs;
            Tick();
        }

        foreach (var mix in _mixes)
            mix.Dispose();

        double Now() => _time.GetElapsedTime(start).TotalMilliseconds;
    }

    private void Take()
    {
        while (_added.TryDequeue(out var mix))
            _mixes.Add(mix);
    }

    private void Tick()
    {
        for (var i = _mixes.Count - 1; i >= 0; i--)
        {
            var mix = _mixes[i];
            if (mix.IsOver)
            {
                Remove(i);
                continue;
            }

            try
            {
                mix.Tick();
            }
            catch (Exception e)
            {
                // One leg's fault must not silence the others.
                _logger.MixFailed(e);
                Remove(i);
            }
        }
    }

    private void Remove(int index)
    {
        var mix = _mixes[index];
        _mixes.RemoveAt(index);
        Interlocked.Decrement(ref _legs);
        mix.Dispose();
    }
}
