using System.Net;
using System.Net.Sockets;
using GoTo.Silo.Cluster;
using GoTo.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Storage;

namespace GoTo.Silo.Tests.Storage;

/// <summary>A database of a test's own, empty.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("goto-store-").FullName;
    private readonly string _schema = $"test_{Guid.NewGuid():n}";
    private readonly string? _postgreSql;

    private TestStore(string? postgreSql) => _postgreSql = postgreSql;

    public string File => Path.Combine(_folder, "goto.db");

    private string? OwnSchema => _postgreSql is null ? null : $"{_postgreSql};Search Path={_schema}";

    public static async Task<TestStore> Create(Engine engine)
    {
        if (engine is Engine.Sqlite) return new TestStore(null);
        var postgreSql = Environment.GetEnvironmentVariable("GOTO_TEST_POSTGRESQL") ?? throw new InvalidOperationException(
            "GOTO_TEST_POSTGRESQL is not set. Run ./test.sh, which starts a PostgreSQL, or set it to the connection string of one.");
        var store = new TestStore(postgreSql);
        await store.Execute($"CREATE SCHEMA {store._schema}");
        return store;
    }

    public Task ApplySchema(CancellationToken cancellation) => OwnSchema is { } postgreSql
        ? StorageSchema.ApplyToPostgreSql(postgreSql, cancellation)
        : StorageSchema.ApplyToSqlite($"Data Source={File}", cancellation);

    /// <summary>A silo that stores here, as production composes it.</summary>
    public async Task<IHost> StartSilo(CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort(), null, "store-test", "store-test");
            ClusterSetup.AddStorage(silo, new ClusterSettings { SqliteFile = File }, OwnSchema);
        });
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgreSql is not null) await Execute($"DROP SCHEMA {_schema} CASCADE");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task Execute(string statement)
    {
        await using var connection = new NpgsqlConnection(_postgreSql);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The name is made above.
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

/// <summary>What the grains can be stored in.</summary>
public enum Engine
{
    Sqlite,
    PostgreSql,
}

/// <summary>One grain's state, as an activation holds it: read once, written again and again.</summary>
internal sealed class Activation(IHost silo, string grain)
{
    private readonly IGrainStorage _storage = silo.Services.GetRequiredKeyedService<IGrainStorage>(ClusterSetup.Storage);
    private readonly GrainId _id = GrainId.Create("call", $"main/{grain}");
    private readonly GrainState<Note> _state = new(new Note());

    public int Value => _state.State?.Value ?? 0;

    public static async Task<Activation> Read(IHost silo, string grain)
    {
        var activation = new Activation(silo, grain);
        await activation._storage.ReadStateAsync("call", activation._id, activation._state);
        return activation;
    }

    public Task Write(int value)
    {
        _state.State = new Note { Value = value };
        return _storage.WriteStateAsync("call", _id, _state);
    }

    public Task Clear() => _storage.ClearStateAsync("call", _id, _state);

    internal sealed record Note
    {
        public int Value { get; init; }
    }
}
