using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using CsvHelper.Configuration;
using GoTo.Records;

namespace GoTo.Client;

internal sealed class RecordsClient(IGrainFactory grains) : IRecords
{
    private const int PageSize = 500;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public IAsyncEnumerable<CallRecord> Calls(RecordQuery? query = null, CancellationToken cancellationToken = default) =>
        Pages(query, page => grains.Records().Calls(page), record => record.Id, cancellationToken);

    public IAsyncEnumerable<AuditRecord> Audit(RecordQuery? query = null, CancellationToken cancellationToken = default) =>
        Pages(query, page => grains.Records().Audit(page), record => record.Id, cancellationToken);

    public Task ExportCalls(
        TextWriter file, RecordFileFormat format, RecordQuery? query = null, CancellationToken cancellationToken = default) =>
        Write(file, format, Calls(query, cancellationToken).Select(row => CallRow.Of(row)));

    public Task ExportAudit(
        TextWriter file, RecordFileFormat format, RecordQuery? query = null, CancellationToken cancellationToken = default) =>
        Write(file, format, Audit(query, cancellationToken).Select(row => AuditRow.Of(row)));

    private static async IAsyncEnumerable<T> Pages<T>(
        RecordQuery? query, Func<RecordQuery, Task<IReadOnlyList<T>>> read, Func<T, long> id,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = query ?? new RecordQuery { Limit = int.MaxValue };
        for (var left = next.Limit; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var asked = Math.Min(left, PageSize);
            var page = await read(next with { Limit = asked }).WaitAsync(cancellationToken);
            foreach (var record in page) yield return record;
            if (page.Count < asked) yield break;
            left -= page.Count;
            next = next with { Before = id(page[^1]) };
        }
    }

    private static async Task Write<T>(TextWriter file, RecordFileFormat format, IAsyncEnumerable<T> rows)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (format is RecordFileFormat.Json)
        {
            await foreach (var row in rows) await file.WriteLineAsync(JsonSerializer.Serialize(row, Json));
            return;
        }
        await using var csv = new CsvWriter(file, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
        await csv.WriteRecordsAsync(rows);
    }

    /// <summary>A call record as a file has it: no types of ours.</summary>
    private sealed record CallRow(
        long Id, string Call, string? Tenant, string Direction, string From, string To, string LineId, string? Agent,
        string StartedAt, string? AnsweredAt, string EndedAt, double TalkedSeconds, string EndReason, string? TransferTarget)
    {
        public static CallRow Of(CallRecord r) => new(
            r.Id, r.Call.ToString(), r.Tenant, r.Direction.ToString(), r.From, r.To, r.LineId, r.Agent, Time(r.StartedAt),
            r.AnsweredAt is { } at ? Time(at) : null, Time(r.EndedAt), r.Talked.TotalSeconds, r.EndReason.ToString(), r.TransferTarget);
    }

    private sealed record AuditRow(
        long Id, string At, string Actor, string? Tenant, string Operation, string Subject, string Outcome, string? Detail)
    {
        public static AuditRow Of(AuditRecord r) =>
            new(r.Id, Time(r.At), r.Actor, r.Tenant, r.Operation, r.Subject, r.Outcome, r.Detail);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
