using GoTo.Records;
using GoTo.Tenants;

namespace GoTo.Client;

/// <summary>What is on record: a detail record for each call that has ended, and who did what.</summary>
public interface IRecords
{
    /// <summary>Call detail records, the newest first, page by page.</summary>
    /// <param name="query">Which; its <see cref="RecordQuery.Limit"/> is how many in all. Null: all that the client may see.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ForeignTenantException">The query names another tenant than the client's.</exception>
    IAsyncEnumerable<CallRecord> Calls(RecordQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>The audit trail, the newest first, page by page.</summary>
    /// <param name="query">Which; its <see cref="RecordQuery.Limit"/> is how many in all. Null: all that the client may see.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ForeignTenantException">The query names another tenant than the client's.</exception>
    IAsyncEnumerable<AuditRecord> Audit(RecordQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Writes call detail records to a file.</summary>
    Task ExportCalls(TextWriter file, RecordFileFormat format, RecordQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Writes the audit trail to a file.</summary>
    Task ExportAudit(TextWriter file, RecordFileFormat format, RecordQuery? query = null, CancellationToken cancellationToken = default);
}

/// <summary>How a file of records is written.</summary>
public enum RecordFileFormat
{
    /// <summary>RFC 4180 with a header line.</summary>
    Csv,

    /// <summary>One object a line.</summary>
    Json,
}
