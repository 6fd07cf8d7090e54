namespace GoTo.WebRtc.Dtls;

/// <summary>
/// The threads on which DTLS runs: BouncyCastle's handshake blocks its thread between flights. Threads are dedicated,
/// have small stacks, start when there is work for them and end when there has been none for a while.
/// </summary>
internal sealed class HandshakePool : IDisposable
{
    private const int StackSize = 256 * 1024;

    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<Action> _waiting = new();
    private readonly int _maxThreads;
    private readonly int _maxQueued;
    private int _threads;
    private int _idle;
    private bool _disposed;

    /// <param name="maxThreads">The most handshakes at a time.</param>
    /// <param name="maxQueued">The most that wait for a thread.</param>
    public HandshakePool(int maxThreads = 256, int maxQueued = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxThreads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxQueued);
        _maxThreads = maxThreads;
        _maxQueued = maxQueued;
    }

    /// <summary>How many threads there are at the moment.</summary>
    public int Threads
    {
        get
        {
            lock (_gate) return _threads;
        }
    }

    /// <summary>Runs the work on one of the threads; false when too much is waiting, or after disposal.</summary>
    public bool TryRun(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
        {
            if (_disposed || _waiting.Count >= _maxQueued) return false;
            _waiting.Enqueue(work);
            if (_waiting.Count > _idle && _threads < _maxThreads)
            {
                _threads++;
                new Thread(Serve, StackSize) { IsBackground = true, Name = "dtls" }.Start();
            }
            else
            {
                Monitor.Pulse(_gate);
            }
        }

        return true;
    }

    /// <summary>Lets the threads end; what is waiting is not run.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _waiting.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private void Serve()
    {
        while (Next() is { } work) work();
    }

    private Action? Next()
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                if (_waiting.TryDequeue(out var work)) return work;
                _idle++;
                var pulsed = Monitor.Wait(_gate, IdleLimit);
                _idle--;
                if (!pulsed && _waiting.Count == 0) break;
            }

            _threads--;
            return null;
        }
    }
}
