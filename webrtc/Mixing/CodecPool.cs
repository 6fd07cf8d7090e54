using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Mixing;

/// <summary>
/// The threads that decode and encode, each with room for so many legs: a leg that is taken in gets its frames in time,
/// one that there is no room for is refused rather than all delayed. Thread-safe.
/// </summary>
internal sealed class CodecPool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CodecThread[] _threads;
    private readonly int _legsPerThread;
    private long _refused;

    public CodecPool(RtcOptions options, TimeProvider time, ILogger logger)
    {
        _legsPerThread = options.MixedLegsPerThread;
        _threads = [.. Enumerable.Range(0, options.CodecThreads).Select(_ => new CodecThread(time, logger))];
    }

    /// <summary>The legs that are being transcoded or mixed.</summary>
    public int Legs => _threads.Sum(thread => thread.Legs);

    /// <summary>How often a leg was refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Has the mix ticked every 20 ms until it is over; false when there is no room for it.</summary>
    public bool TryAdd(LegMix mix)
    {
        lock (_lock)
        {
            var least = _threads.MinBy(thread => thread.Legs)!;
            if (least.Legs < _legsPerThread)
            {
                least.Add(mix);
                return true;
            }
        }

        Interlocked.Increment(ref _refused);
        return false;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        foreach (var thread in _threads)
            thread.Dispose();
    }
}
