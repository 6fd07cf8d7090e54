using System.Collections.Concurrent;
using System.Reflection;
using GoTo.Access;
using GoTo.Accounts;
using GoTo.Calls;
using GoTo.Tenants;
using Orleans.Concurrency;

namespace GoTo.Records;

/// <summary>
/// Puts on record what a client asked for and no call's journal holds: what changes the registry and the quotas, and what a
/// call refused. Reads are not recorded; a command that a call took is, from its journal, when the call has ended.
/// </summary>
internal sealed class OperationAudit(Recorder recorder, TimeProvider time) : IIncomingGrainCallFilter
{
    private static readonly Assembly Contracts = typeof(ICallGrain).Assembly;

    /// <summary>Which methods are operations: asked of each method once.</summary>
    private static readonly ConcurrentDictionary<MethodInfo, bool> Operations = new();

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (!IsOperation(context))
        {
            await context.Invoke();
            return;
        }
        var at = time.GetUtcNow();
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when (e.GetType().Assembly == Contracts)
        {
            await recorder.Record(Operation(context, at, e.GetType().Name, e.Message));
            throw;
        }
        if (context.InterfaceMethod.DeclaringType != typeof(ICallGrain)) await recorder.Record(Operation(context, at, "Done", null));
    }

    private static bool IsOperation(IIncomingGrainCallContext context) =>
        context.SourceId?.IsClient() is true && context.InterfaceMethod is { } method && Operations.GetOrAdd(method, IsOperation);

    /// <summary>The services' interfaces only; what only reads interleaves there.</summary>
    private static bool IsOperation(MethodInfo method) =>
        method.DeclaringType is { } contract && contract.Assembly == Contracts
        && contract != typeof(IRecordsGrain) && contract != typeof(IEventChannelGrain)
        && !method.IsDefined(typeof(AlwaysInterleaveAttribute), false);

    private static AuditRecord Operation(IIncomingGrainCallContext context, DateTimeOffset at, string outcome, string? detail) => new()
    {
        At = at,
        Actor = RequestContext.Get("actor") as string ?? "client",
        Tenant = Caller.Tenant,
        Operation = context.InterfaceMethod.Name,
        Subject = Subject(context.TargetId.Key.ToString()!),
        Outcome = outcome,
        Detail = detail,
    };

    private static string Subject(string key) =>
        key.StartsWith(TenantGrains.Prefix, StringComparison.Ordinal) ? key[TenantGrains.Prefix.Length..] : key;
}
