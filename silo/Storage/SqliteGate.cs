using Orleans.Storage;

namespace GoTo.Silo.Storage;

/// <summary>The grain storage in SQLite, which takes turns with whatever else is stored in the file.</summary>
internal sealed class SqliteGate(IGrainStorage storage, SqliteTurn turn) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Pass(() => storage.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Pass(() => storage.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Pass(() => storage.ClearStateAsync(stateName, grainId, grainState));

    private Task<bool> Pass(Func<Task> access) => turn.Take(async () =>
    {
        await access();
        return true;
    });
}
