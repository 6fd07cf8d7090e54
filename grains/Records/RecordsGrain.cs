using GoTo.Access;
using Orleans.Concurrency;

namespace GoTo.Records;

[GrainType("records"), StatelessWorker]
internal sealed class RecordsGrain(IRecordStore store) : Grain, IRecordsGrain
{
    public Task<IReadOnlyList<CallRecord>> Calls(RecordQuery query) => store.Calls(Allowed(query), CancellationToken.None);

    public Task<IReadOnlyList<AuditRecord>> Audit(RecordQuery query) => store.Audit(Allowed(query), CancellationToken.None);

    private static RecordQuery Allowed(RecordQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Tenant is { } asked) Caller.MustOwn(asked, $"Records of tenant '{asked}'");
        return query with { Tenant = query.Tenant ?? Caller.Tenant, Limit = Math.Clamp(query.Limit, 1, RecordQuery.MostAtOnce) };
    }
}
