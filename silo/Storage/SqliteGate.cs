using Orleans.Storage;

namespace GoTo.Silo.Storage;

/// <summary>
/// One writer at a time into SQLite, off the grain scheduler. Microsoft.Data.Sqlite is synchronous and busy-waits: left
/// ungated, a burst of writers stalls every grain of the silo for seconds.
/// </summary>
internal sealed class SqliteGate(IGrainStorage storage) : IGrainStorage, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Pass(() => storage.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Pass(() => storage.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Pass(() => storage.ClearStateAsync(stateName, grainId, grainState));

    public void Dispose() => _gate.Dispose();

    private async Task Pass(Func<Task> access)
    {
        await _gate.WaitAsync();
        try
        {
            await Task.Run(access);
        }
        finally
        {
            _gate.Release();
        }
    }
}
