using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace GoTo.Silo.Storage;

/// <summary>
/// Creates what is missing of the tables: those of the grain storage, with the statements that its AdoNet provider reads,
/// and those of the records.
/// </summary>
internal static class StorageSchema
{
    private static readonly string[] Tables = ["GrainStorageSchema.sql", "RecordSchema.sql"];

    /// <summary>Applies the schema to a SQLite file; write-ahead logging keeps readers and the writer apart.</summary>
    public static async Task ApplyToSqlite(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(connectionString);
        await Execute(connection, "PRAGMA journal_mode = WAL;" + await Scripts(Tables, "BLOB", "INTEGER PRIMARY KEY AUTOINCREMENT", cancellationToken), cancellationToken);
    }

    /// <summary>Applies the schema to PostgreSQL. Silos that start together take turns by an advisory lock.</summary>
    public static async Task ApplyToPostgreSql(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        var script = await Scripts(
            [.. Tables, "PostgreSqlCompression.sql"], "BYTEA", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", cancellationToken);
        await Execute(connection, $"BEGIN; SELECT pg_advisory_xact_lock(4660); {script} COMMIT;", cancellationToken);
    }

    private static async Task Execute(DbConnection connection, string script, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is our embedded resource, not input.
        command.CommandText = script;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<string> Scripts(string[] resources, string blob, string id, CancellationToken cancellationToken)
    {
        var scripts = new List<string>();
        foreach (var resource in resources)
        {
            await using var stream = typeof(StorageSchema).Assembly.GetManifestResourceStream($"GoTo.Silo.Storage.{resource}")
                ?? throw new InvalidOperationException($"The assembly lacks its resource {resource}.");
            using var reader = new StreamReader(stream);
            scripts.Add(await reader.ReadToEndAsync(cancellationToken));
        }
        return string.Join('\n', scripts)
            .Replace("{BLOB}", blob, StringComparison.Ordinal).Replace("{ID}", id, StringComparison.Ordinal);
    }
}
