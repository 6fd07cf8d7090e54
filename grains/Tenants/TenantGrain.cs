using System.Runtime.CompilerServices;
using GoTo.Access;
using GoTo.Accounts;
using GoTo.Calls;
using GoTo.Numbers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Tenants;

/// <summary>
/// Quotas and numbers are stored. Which calls live is not: it is asked of the calls, when the tenant comes back and
/// every 30 s, so a call that never said good-bye does not count for ever.
/// </summary>
[GrainType("tenant")]
internal sealed class TenantGrain(
    [PersistentState("tenant", "calls")] IPersistentState<StoredTenant> stored,
    AccountClients accounts, IOptions<NumberSettings> settings, TimeProvider time, ILogger<TenantGrain> logger)
    : Grain, ITenantGrain, ITenantAdmission, INumberOwner
{
    private const int LooksAtOnce = 32;

    /// <summary>As with calls: a watcher that waits longer keeps an activation that has to leave from leaving.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);

    private readonly TenantLoad _load = new();
    private TaskCompletionSource _arrived = NewSignal();

    private string Tenant => this.GetPrimaryKeyString()[TenantGrains.Prefix.Length..];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await CompareWithCalls(cancellationToken);
        this.RegisterGrainTimer(CompareWithCalls, new GrainTimerCreationOptions(TenantLoad.Grace, TenantLoad.Grace) { Interleave = true });
    }

    public Task<TenantSnapshot> Describe()
    {
        Caller.MustOwn(Tenant, $"Tenant '{Tenant}'");
        return Task.FromResult(new TenantSnapshot(
            Tenant, stored.State.Quotas, [.. _load.Live.OrderBy(call => call.Version)], _load.DialsThisMinute(time.GetUtcNow())));
    }

    public async Task<IReadOnlyList<RegisteredNumber>> Numbers()
    {
        Caller.MustOwn(Tenant, $"Tenant '{Tenant}'");
        var numbers = stored.State.Numbers.Union(settings.Value.NumbersOf(Tenant)).Order(StringComparer.Ordinal).Select(PhoneNumber.Parse);
        var found = await Task.WhenAll(numbers.Select(async number => (Number: number, Registration: await GrainFactory.Routing(number).Find())));
        // What is kept here may be more than what is the tenant's: the number's own word counts.
        return [.. found.Where(n => n.Registration?.Tenant == Tenant).Select(n => new RegisteredNumber(n.Number, n.Registration!))];
    }

    public Task SetQuotas(TenantQuotas quotas)
    {
        ArgumentNullException.ThrowIfNull(quotas);
        Caller.MustBeOperator("The setting of quotas");
        if (quotas.ConcurrentCalls < 0) throw new InvalidQuotasException(nameof(TenantQuotas.ConcurrentCalls));
        if (quotas.DialsPerMinute < 0) throw new InvalidQuotasException(nameof(TenantQuotas.DialsPerMinute));
        return Store(stored.State with { Quotas = quotas });
    }

    public async IAsyncEnumerable<TenantCall> Watch(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Caller.MustOwn(Tenant, $"Tenant '{Tenant}'");
        while (true)
        {
            var arrived = _arrived.Task;
            foreach (var call in _load.After(after))
            {
                yield return call;
                after = call.Version;
            }
            await Task.WhenAny(arrived, Task.Delay(LongestSilence, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (!arrived.IsCompleted) yield break;
        }
    }

    public Task<Quota?> Admit(CallKey call, string number, int? mostOfNumber)
    {
        var refused = _load.Admit(call, number, stored.State.Quotas, mostOfNumber, time.GetUtcNow());
        if (refused is { } quota) logger.Refused(Tenant, call.ToString(), quota);
        else TellWatchers();
        return Task.FromResult(refused);
    }

    public Task<Quota?> AdmitDial(string requestId, string number, int? mostOfNumber)
    {
        var refused = _load.AdmitDial(requestId, number, stored.State.Quotas, mostOfNumber, time.GetUtcNow());
        if (refused is { } quota) logger.Refused(Tenant, requestId, quota);
        return Task.FromResult(refused);
    }

    public Task BindDial(string requestId, CallKey call)
    {
        _load.BindDial(requestId, call, time.GetUtcNow());
        TellWatchers();
        return Task.CompletedTask;
    }

    public Task AbandonDial(string requestId)
    {
        _load.AbandonDial(requestId);
        return Task.CompletedTask;
    }

    public Task Leave(CallKey call)
    {
        _load.Leave(call);
        return Task.CompletedTask;
    }

    public async Task AddNumber(PhoneNumber number)
    {
        if (stored.State.Numbers.Contains(number.ToString())) return;
        await GrainFactory.GetGrain<ITenantDirectoryEntries>(TenantGrains.Directory).Add(Tenant);
        await Store(stored.State with { Numbers = [.. stored.State.Numbers, number.ToString()] });
    }

    public Task RemoveNumber(PhoneNumber number) => stored.State.Numbers.Contains(number.ToString())
        ? Store(stored.State with { Numbers = [.. stored.State.Numbers.Where(n => n != number.ToString())] })
        : Task.CompletedTask;

    private async Task Store(StoredTenant next)
    {
        var before = stored.State;
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    private async Task CompareWithCalls(CancellationToken cancellationToken)
    {
        // Not in the name of whoever happens to have woken the tenant.
        RequestContext.Clear();
        var calls = _load.Live.Select(call => call.Call).ToHashSet();
        foreach (var account in accounts.Names)
        {
            try
            {
                calls.UnionWith(await GrainFactory.EventChannel(account).LiveCalls());
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.NotCompared(Tenant, account, e.Message);
            }
        }
        foreach (var some in calls.Chunk(LooksAtOnce)) await Task.WhenAll(some.Select(LookAt));
    }

    private async Task LookAt(CallKey key)
    {
        CallSnapshot? call = null;
        try
        {
            call = await GrainFactory.Call(key).Describe();
        }
        catch (CallNotFoundException)
        {
        }
        catch (Exception e)
        {
            // Its silo or its storage is away: what is counted stays as it is.
            logger.NotCompared(Tenant, key.ToString(), e.Message);
            return;
        }
        var isOver = call is null or { Phase: CallPhase.Ended };
        var number = call is null ? "" : call.Direction is CallDirection.Inbound ? call.To : call.From;
        _load.Compare(key, number, !isOver && call!.Tenant == Tenant, isOver, time.GetUtcNow());
        TellWatchers();
    }

    private void TellWatchers()
    {
        var arrived = _arrived;
        _arrived = NewSignal();
        arrived.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What is stored of a tenant.</summary>
internal sealed record StoredTenant
{
    public TenantQuotas Quotas { get; init; } = new();

    /// <summary>In E.164 form; may hold numbers that are the tenant's no longer.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];
}

internal static partial class TenantLog
{
    [LoggerMessage(1300, LogLevel.Warning, "Tenant {Tenant} is over its quota {Quota}: {Call} is not let in")]
    public static partial void Refused(this ILogger<TenantGrain> logger, string tenant, string call, Quota quota);

    [LoggerMessage(1301, LogLevel.Warning, "Tenant {Tenant}: what lives at {What} could not be asked. {Detail}")]
    public static partial void NotCompared(this ILogger<TenantGrain> logger, string tenant, string what, string detail);
}
