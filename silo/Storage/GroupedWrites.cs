using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Storage;

namespace GoTo.Silo.Storage;

/// <summary>
/// The grain storage in PostgreSQL, where the writes of many grains go together: those that come while one group is under way
/// are the next one's, in one transaction. So all of them wait for the disk once, and each costs less than it would alone.
/// A write is as durable as before: it returns when its transaction is committed. Reads are the provider's.
/// </summary>
internal sealed class GroupedWrites : IGrainStorage, IAsyncDisposable
{
    private const string Insert = """
        INSERT INTO OrleansStorage (ServiceId, GrainTypeString, GrainIdN0, GrainIdN1, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version)
        VALUES ($1, $2, 0, 0, $3, $4, CURRENT_TIMESTAMP, 1) ON CONFLICT DO NOTHING RETURNING Version
        """;

    private const string Update = """
        UPDATE OrleansStorage SET PayloadBinary = $4, ModifiedOn = CURRENT_TIMESTAMP, Version = Version + 1
        WHERE ServiceId = $1 AND GrainTypeString = $2 AND GrainIdN0 = 0 AND GrainIdN1 = 0 AND GrainIdExtensionString = $3 AND Version = $5
        RETURNING Version
        """;

    private const int MostTogether = 64;

    private readonly IGrainStorage _storage;
    private readonly NpgsqlDataSource _database;
    private readonly IGrainStorageSerializer _serializer;
    private readonly string _serviceId;
    private readonly Channel<Write> _writes = Channel.CreateUnbounded<Write>();
    private readonly Task[] _writers;

    /// <param name="storage">The provider, which has the same table.</param>
    /// <param name="database">Where the table is; disposed of with this.</param>
    /// <param name="serializer">The provider's serializer.</param>
    /// <param name="cluster">Whose rows they are.</param>
    /// <param name="writers">How many groups may be under way at once.</param>
    public GroupedWrites(
        IGrainStorage storage, NpgsqlDataSource database, IGrainStorageSerializer serializer, IOptions<ClusterOptions> cluster, int writers = 2)
    {
        (_storage, _database, _serializer, _serviceId) = (storage, database, serializer, cluster.Value.ServiceId);
        // Not in the name of the grain that happened to be the first.
        using (ExecutionContext.SuppressFlow()) _writers = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(WriteGroups))];
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        _storage.ReadStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        _storage.ClearStateAsync(stateName, grainId, grainState);

    /// <exception cref="InconsistentStateException">Another activation has written since this one read: it owns the row.</exception>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Keys that look like numbers are columns of their own at the provider.
        if (grainId.TryGetGuidKey(out _, out _) || grainId.TryGetIntegerKey(out long _, out _))
        {
            await _storage.WriteStateAsync(stateName, grainId, grainState);
            return;
        }
        int? known = string.IsNullOrEmpty(grainState.ETag) ? null : int.Parse(grainState.ETag, CultureInfo.InvariantCulture);
        var write = new Write(stateName, grainId.Key.ToString()!, _serializer.Serialize(grainState.State).ToMemory(), known);
        await _writes.Writer.WriteAsync(write);
        if (await write.Written is not { } version)
        {
            throw new InconsistentStateException(
                $"The state '{stateName}' of {grainId} was written by another activation.", "unknown", grainState.ETag ?? "none");
        }
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.Complete();
        await Task.WhenAll(_writers);
        await _database.DisposeAsync();
    }

    private async Task WriteGroups()
    {
        while (await _writes.Reader.WaitToReadAsync())
        {
            var group = new List<Write>();
            while (group.Count < MostTogether && _writes.Reader.TryRead(out var write)) group.Add(write);
            // In one order, so that no two silos wait for each other's rows.
            group.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            if (group.Count > 0) await WriteGroup(group);
        }
    }

    private async Task WriteGroup(IReadOnlyList<Write> group)
    {
        try
        {
            var versions = await Execute(group);
            for (var n = 0; n < group.Count; n++) group[n].Return(versions[n]);
        }
        catch (PostgresException) when (group.Count > 1)
        {
            // PostgreSQL refuses one of them and has taken none: each gets an answer of its own.
            foreach (var write in group) await WriteGroup([write]);
        }
        catch (Exception e)
        {
            foreach (var write in group) write.Fail(e);
        }
    }

    /// <summary>A batch without a transaction of its own is one: it is committed as a whole, or not at all.</summary>
    /// <returns>The new version of each; null where the row has another version than the one that was read.</returns>
    private async Task<int?[]> Execute(IReadOnlyList<Write> group)
    {
        await using var batch = _database.CreateBatch();
        foreach (var write in group)
        {
            var command = new NpgsqlBatchCommand(write.KnownVersion is null ? Insert : Update);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _serviceId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = write.State });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = write.Key });
            command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = write.Payload });
            if (write.KnownVersion is { } known) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = known });
            batch.BatchCommands.Add(command);
        }
        var versions = new int?[group.Count];
        // Its end, where an error of the commit would come, is awaited, too.
        await using var reader = await batch.ExecuteReaderAsync();
        for (var n = 0; n < group.Count; n++)
        {
            if (await reader.ReadAsync()) versions[n] = reader.GetInt32(0);
            await reader.NextResultAsync();
        }
        return versions;
    }

    private sealed class Write(string state, string key, ReadOnlyMemory<byte> payload, int? knownVersion)
    {
        private readonly TaskCompletionSource<int?> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string State => state;

        public string Key => key;

        public ReadOnlyMemory<byte> Payload => payload;

        public int? KnownVersion => knownVersion;

        public Task<int?> Written => _written.Task;

        public void Return(int? version) => _written.SetResult(version);

        public void Fail(Exception e) => _written.SetException(e);
    }
}
