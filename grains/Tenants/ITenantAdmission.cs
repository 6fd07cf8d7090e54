using GoTo.Calls;
using Orleans.Concurrency;

namespace GoTo.Tenants;

/// <summary>
/// What the calls of a tenant tell it. Get it by <see cref="TenantAdmissions.Admission"/>.
/// <para>
/// <b>Inbound</b>: once the registry has said whose number it is, and before <see cref="NumberResolved"/> is journaled:
/// <c>await Admit(call, number, registration.ConcurrentCalls)</c>. Null lets the call in; else it gets the number's
/// fallback. <b>Outbound</b>: <c>AdmitDial(requestId, …)</c> before the dial's intent; <c>BindDial</c> once GoTo gave the
/// call an id, or <c>AbandonDial</c>. <b>Either</b>: <c>Leave(call)</c> when it has ended.
/// </para>
/// <para>
/// All of it may be repeated: a call counts once. None of it needs to be certain: every 30 s, and when the tenant's
/// silo died, what is counted is compared with the calls that live.
/// </para>
/// </summary>
[GrainInterfaceType("tenant-admission"), Alias("tenant-admission")]
internal interface ITenantAdmission : IGrainWithStringKey
{
    /// <summary>Counts a call, unless a quota is used up: then which one.</summary>
    [AlwaysInterleave, Alias("admit")]
    Task<Quota?> Admit(CallKey call, string number, int? mostOfNumber);

    /// <summary>Counts a call that is about to be placed, unless a quota is used up: then which one.</summary>
    [AlwaysInterleave, Alias("admit-dial")]
    Task<Quota?> AdmitDial(string requestId, string number, int? mostOfNumber);

    /// <summary>The dial has become this call.</summary>
    [AlwaysInterleave, Alias("bind-dial")]
    Task BindDial(string requestId, CallKey call);

    /// <summary>The dial has come to nothing.</summary>
    [AlwaysInterleave, Alias("abandon-dial")]
    Task AbandonDial(string requestId);

    /// <summary>The call is over.</summary>
    [AlwaysInterleave, Alias("leave")]
    Task Leave(CallKey call);
}

/// <summary>What tenants tell the directory.</summary>
[GrainInterfaceType("tenant-directory-entries"), Alias("tenant-directory-entries")]
internal interface ITenantDirectoryEntries : IGrainWithStringKey
{
    /// <summary>There is this tenant.</summary>
    [Alias("add")]
    Task Add(string tenant);
}

internal static class TenantAdmissions
{
    /// <summary>Where a tenant's calls are admitted.</summary>
    public static ITenantAdmission Admission(this IGrainFactory grains, string tenant) =>
        grains.GetGrain<ITenantAdmission>(TenantGrains.Prefix + tenant);
}
