using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace GoTo.Silo.Storage;

/// <summary>Creates the tables of the grain storage, and the statements that its AdoNet provider reads, if they are missing.</summary>
internal static class GrainStorageSchema
{
    private const string Resource = "GoTo.Silo.Storage.GrainStorageSchema.sql";

    /// <summary>Applies the schema to a SQLite file; write-ahead logging keeps readers and the writer apart.</summary>
    public static async Task ApplyToSqlite(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(connectionString);
        await Execute(connection, "PRAGMA journal_mode = WAL;" + await Script("BLOB", cancellationToken), cancellationToken);
    }

    /// <summary>Applies the schema to PostgreSQL. Silos that start together take turns by an advisory lock.</summary>
    public static async Task ApplyToPostgreSql(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        var script = await Script("BYTEA", cancellationToken);
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

    private static async Task<string> Script(string blob, CancellationToken cancellationToken)
    {
        await using var stream = typeof(GrainStorageSchema).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {Resource}.");
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync(cancellationToken)).Replace("{BLOB}", blob, StringComparison.Ordinal);
    }
}
