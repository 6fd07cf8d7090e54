using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace GoTo.Bench;

/// <summary>The journals of calls as a cluster has stored them: in PostgreSQL, or in a silo's SQLite file.</summary>
internal static class RecordedCalls
{
    private const string Journals =
        "SELECT GrainIdExtensionString, PayloadBinary FROM OrleansStorage WHERE GrainTypeString = 'call' AND PayloadBinary IS NOT NULL LIMIT @Most";

    /// <param name="store">A connection string of PostgreSQL (<c>Host=…</c>), or a file of SQLite.</param>
    /// <param name="most">No more calls than this.</param>
    public static async Task<IReadOnlyList<(string Key, byte[] Journal)>> Read(string store, int most)
    {
        await using var database = store.Contains("Host=", StringComparison.OrdinalIgnoreCase)
            ? (DbDataSource)NpgsqlDataSource.Create(store)
            : SqliteFactory.Instance.CreateDataSource(
                new SqliteConnectionStringBuilder { DataSource = store, Mode = SqliteOpenMode.ReadOnly }.ToString());
        await using var select = database.CreateCommand(Journals);
        var limit = select.CreateParameter();
        (limit.ParameterName, limit.Value) = ("@Most", most);
        select.Parameters.Add(limit);
        await using var rows = await select.ExecuteReaderAsync();
        var calls = new List<(string, byte[])>();
        while (await rows.ReadAsync()) calls.Add((rows.GetString(0), rows.GetFieldValue<byte[]>(1)));
        return calls;
    }
}
