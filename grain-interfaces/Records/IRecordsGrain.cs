using GoTo.Tenants;

namespace GoTo.Records;

/// <summary>
/// What is on record of the calls. Read only: calls write their records themselves. Key: <see cref="RecordsGrains.Key"/>.
/// A caller that acts for a tenant sees that tenant's only.
/// </summary>
[GrainInterfaceType("records"), Alias("records")]
public interface IRecordsGrain : IGrainWithStringKey
{
    /// <summary>Call detail records, the newest first.</summary>
    /// <exception cref="ForeignTenantException">The query names another tenant than the caller's.</exception>
    [Alias("calls")]
    Task<IReadOnlyList<CallRecord>> Calls(RecordQuery query);

    /// <summary>The audit trail, the newest first.</summary>
    /// <exception cref="ForeignTenantException">The query names another tenant than the caller's.</exception>
    [Alias("audit")]
    Task<IReadOnlyList<AuditRecord>> Audit(RecordQuery query);
}

/// <summary>Which records. What is left out does not matter.</summary>
[GenerateSerializer, Immutable, Alias("record.query")]
public sealed record RecordQuery
{
    /// <summary>How many records come at once at most.</summary>
    public const int MostAtOnce = 1000;

    /// <summary>Whose.</summary>
    [Id(0)] public string? Tenant { get; init; }

    /// <summary>Of what: a call's key, say.</summary>
    [Id(1)] public string? Subject { get; init; }

    /// <summary>Not before this time: the end of a call, the time of an operation.</summary>
    [Id(2)] public DateTimeOffset? Since { get; init; }

    /// <summary>Before this time.</summary>
    [Id(3)] public DateTimeOffset? Until { get; init; }

    /// <summary>Only records with a lower <see cref="CallRecord.Id"/>: the next page.</summary>
    [Id(4)] public long? Before { get; init; }

    /// <summary>How many at most; 100 unless set, and never more than <see cref="MostAtOnce"/>.</summary>
    [Id(5)] public int Limit { get; init; } = 100;
}

/// <summary>The way to the records.</summary>
public static class RecordsGrains
{
    /// <summary>The key of the one way in.</summary>
    public const string Key = "records";

    /// <summary>The records.</summary>
    public static IRecordsGrain Records(this IGrainFactory grains) => grains.GetGrain<IRecordsGrain>(Key);
}
