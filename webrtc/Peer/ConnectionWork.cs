using GoTo.WebRtc.Net;

namespace GoTo.WebRtc.Peer;

/// <summary>A caller's request, done on the shard's thread; its result or error goes to the caller.</summary>
internal sealed class ConnectionWork<T>(PeerConnection connection, Func<PeerConnection, T> ask, bool evenWhenOver)
    : IShardWork
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Done => _done.Task;

    public void Run()
    {
        try
        {
            if (!evenWhenOver && connection.State is PeerState.Closed or PeerState.Failed)
                throw new InvalidOperationException(
                    $"Peer {connection.Name} is {connection.State}: make a new peer for a new connection.");
            var result = ask(connection);
            connection.Reschedule();
            _done.TrySetResult(result);
        }
        catch (Exception e)
        {
            // Whatever it is, it is the caller's to handle: the connection checks before it changes anything.
            _done.TrySetException(e);
        }
    }

    public void Abandon() => _done.TrySetException(
        new ObjectDisposedException(nameof(RtcEngine), $"The engine of peer {connection.Name} is disposed of."));
}
