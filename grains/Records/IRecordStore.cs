namespace GoTo.Records;

/// <summary>Where the records are kept; the silo brings it. Every write may be repeated: what is there already stays as it is.</summary>
public interface IRecordStore
{
    /// <summary>Writes a call's record and what was done to it, all or nothing. False when they were there already.</summary>
    Task<bool> Write(CallRecord call, IReadOnlyList<AuditRecord> operations, CancellationToken cancellationToken);

    /// <summary>Writes one operation that is on no call's journal.</summary>
    Task Write(AuditRecord operation, CancellationToken cancellationToken);

    /// <summary>Call detail records, the newest first.</summary>
    Task<IReadOnlyList<CallRecord>> Calls(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>The audit trail, the newest first.</summary>
    Task<IReadOnlyList<AuditRecord>> Audit(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>Deletes what is older than a time. How many records that were.</summary>
    Task<int> Purge(DateTimeOffset before, CancellationToken cancellationToken);
}
