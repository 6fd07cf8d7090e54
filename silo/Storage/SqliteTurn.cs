namespace GoTo.Silo.Storage;

/// <summary>
/// One writer at a time into SQLite, off the grain scheduler. Microsoft.Data.Sqlite is synchronous and busy-waits: left
/// ungated, a burst of writers stalls every grain of the silo for seconds.
/// </summary>
internal sealed class SqliteTurn : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<T> Take<T>(Func<Task<T>> access, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(access, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
