using System.Data.Common;
using System.Globalization;
using GoTo.Calls;
using GoTo.Records;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace GoTo.Silo.Storage;

/// <summary>The records in tables of their own, in PostgreSQL or SQLite: RecordSchema.sql. The statements are valid for both.</summary>
internal sealed class RecordStore(DbDataSource database, IOptions<ClusterOptions> cluster, SqliteTurn? turn) : IRecordStore
{
    private const string InsertCall = """
        INSERT INTO GoToCallRecord (ServiceId, CallKey, Tenant, Direction, FromNumber, ToNumber, LineId, Agent, StartedAt, AnsweredAt, EndedAt, TalkedMs, EndReason, TransferTarget)
        VALUES (@ServiceId, @CallKey, @Tenant, @Direction, @FromNumber, @ToNumber, @LineId, @Agent, @StartedAt, @AnsweredAt, @EndedAt, @TalkedMs, @EndReason, @TransferTarget)
        ON CONFLICT (ServiceId, CallKey) DO NOTHING
        """;

    private const string InsertOperations =
        "INSERT INTO GoToAuditRecord (ServiceId, AskedAt, Actor, Tenant, Operation, Subject, Outcome, Detail) VALUES ";

    /// <summary>So many at once; more would be more parameters than SQLite takes.</summary>
    private const int MostOperations = 100;

    public Task<bool> Write(CallRecord call, IReadOnlyList<AuditRecord> operations, CancellationToken cancellationToken) =>
        Access(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var insert = Command(connection, InsertCall, Fields(call));
            insert.Transaction = transaction;
            var isNew = await insert.ExecuteNonQueryAsync(cancellationToken) == 1;
            foreach (var some in isNew ? operations.Chunk(MostOperations) : [])
            {
                await using var next = Insert(connection, some);
                next.Transaction = transaction;
                await next.ExecuteNonQueryAsync(cancellationToken);
            }
            await transaction.CommitAsync(cancellationToken);
            return isNew;
        }, cancellationToken);

    public Task Write(AuditRecord operation, CancellationToken cancellationToken) => Access(async connection =>
    {
        await using var insert = Insert(connection, [operation]);
        return await insert.ExecuteNonQueryAsync(cancellationToken);
    }, cancellationToken);

    public Task<IReadOnlyList<CallRecord>> Calls(RecordQuery query, CancellationToken cancellationToken) =>
        Read("GoToCallRecord", "EndedAt", "CallKey", query, ReadCall, cancellationToken);

    public Task<IReadOnlyList<AuditRecord>> Audit(RecordQuery query, CancellationToken cancellationToken) =>
        Read("GoToAuditRecord", "AskedAt", "Subject", query, ReadOperation, cancellationToken);

    public Task<int> Purge(DateTimeOffset before, CancellationToken cancellationToken) => Access(async connection =>
    {
        var deleted = 0;
        foreach (var (table, time) in new[] { ("GoToCallRecord", "EndedAt"), ("GoToAuditRecord", "AskedAt") })
        {
            await using var delete = Command(connection, $"DELETE FROM {table} WHERE ServiceId = @ServiceId AND {time} < @Before", [("Before", Text(before))]);
            deleted += await delete.ExecuteNonQueryAsync(cancellationToken);
        }
        return deleted;
    }, cancellationToken);

    private Task<IReadOnlyList<T>> Read<T>(
        string table, string time, string subject, RecordQuery query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var (where, values) = (new List<string> { "ServiceId = @ServiceId" }, new List<(string, object?)>());
        Restrict("Tenant = @Tenant", "Tenant", query.Tenant);
        Restrict($"{subject} = @Subject", "Subject", query.Subject);
        Restrict($"{time} >= @Since", "Since", query.Since is { } since ? Text(since) : null);
        Restrict($"{time} < @Until", "Until", query.Until is { } until ? Text(until) : null);
        Restrict("Id < @Before", "Before", query.Before);
        values.Add(("Limit", query.Limit));
        return Access<IReadOnlyList<T>>(async connection =>
        {
            await using var select = Command(
                connection, $"SELECT * FROM {table} WHERE {string.Join(" AND ", where)} ORDER BY Id DESC LIMIT @Limit", values);
            await using var rows = await select.ExecuteReaderAsync(cancellationToken);
            var records = new List<T>();
            while (await rows.ReadAsync(cancellationToken)) records.Add(read(rows));
            return records;
        }, cancellationToken);

        void Restrict(string condition, string name, object? value)
        {
            if (value is null) return;
            where.Add(condition);
            values.Add((name, value));
        }
    }

    private Task<T> Access<T>(Func<DbConnection, Task<T>> access, CancellationToken cancellationToken)
    {
        return turn is null ? Open() : turn.Take(Open, cancellationToken);

        async Task<T> Open()
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            return await access(connection);
        }
    }

    /// <summary>One statement for all of them: each would be a way to the database and back.</summary>
    private DbCommand Insert(DbConnection connection, IReadOnlyList<AuditRecord> operations)
    {
        var rows = operations.Select((_, n) => $"(@ServiceId, @AskedAt{n}, @Actor{n}, @Tenant{n}, @Operation{n}, @Subject{n}, @Outcome{n}, @Detail{n})");
        return Command(
            connection, InsertOperations + string.Join(", ", rows),
            operations.SelectMany((operation, n) => Fields(operation).Select(field => ($"{field.Name}{n}", field.Value))));
    }

    private DbCommand Command(DbConnection connection, string text, IEnumerable<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is made of this file's own words; what comes from outside is a parameter.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in values.Prepend(("ServiceId", cluster.Value.ServiceId)))
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@" + name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private static IEnumerable<(string, object?)> Fields(CallRecord r) =>
    [
        ("CallKey", r.Call.ToString()), ("Tenant", r.Tenant), ("Direction", r.Direction.ToString()), ("FromNumber", r.From),
        ("ToNumber", r.To), ("LineId", r.LineId), ("Agent", r.Agent), ("StartedAt", Text(r.StartedAt)),
        ("AnsweredAt", r.AnsweredAt is { } at ? Text(at) : null), ("EndedAt", Text(r.EndedAt)),
        ("TalkedMs", (long)r.Talked.TotalMilliseconds), ("EndReason", r.EndReason.ToString()), ("TransferTarget", r.TransferTarget),
    ];

    private static IEnumerable<(string Name, object? Value)> Fields(AuditRecord r) =>
    [
        ("AskedAt", Text(r.At)), ("Actor", r.Actor), ("Tenant", r.Tenant), ("Operation", r.Operation), ("Subject", r.Subject),
        ("Outcome", r.Outcome), ("Detail", r.Detail),
    ];

    private static CallRecord ReadCall(DbDataReader row) => new()
    {
        Id = Convert.ToInt64(row["Id"], CultureInfo.InvariantCulture), Call = CallKey.Parse((string)row["CallKey"]),
        Tenant = row["Tenant"] as string, Direction = Enum.Parse<CallDirection>((string)row["Direction"]),
        From = (string)row["FromNumber"], To = (string)row["ToNumber"], LineId = (string)row["LineId"],
        Agent = row["Agent"] as string, StartedAt = Time((string)row["StartedAt"]),
        AnsweredAt = row["AnsweredAt"] is string at ? Time(at) : null, EndedAt = Time((string)row["EndedAt"]),
        Talked = TimeSpan.FromMilliseconds(Convert.ToInt64(row["TalkedMs"], CultureInfo.InvariantCulture)),
        EndReason = Enum.TryParse<EndReason>((string)row["EndReason"], out var reason) ? reason : EndReason.Unknown,
        TransferTarget = row["TransferTarget"] as string,
    };

    private static AuditRecord ReadOperation(DbDataReader row) => new()
    {
        Id = Convert.ToInt64(row["Id"], CultureInfo.InvariantCulture), At = Time((string)row["AskedAt"]),
        Actor = (string)row["Actor"], Tenant = row["Tenant"] as string, Operation = (string)row["Operation"],
        Subject = (string)row["Subject"], Outcome = (string)row["Outcome"], Detail = row["Detail"] as string,
    };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
