using System.Runtime.CompilerServices;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Calls;
using GoTo.Tenants;
using Microsoft.Extensions.Logging;

namespace GoTo.Transfers;

/// <summary>
/// One warm transfer. Commands and what is seen of the two calls are decided by <see cref="TransferDecision"/>, journaled,
/// and only then acted on: the effects are in WarmTransferGrain.Effects.cs.
/// </summary>
[GrainType("warm-transfer")]
internal sealed partial class WarmTransferGrain(
    [PersistentState("transfer", "calls")] IPersistentState<TransferJournal> stored,
    AccountClients accounts, TimeProvider time, TransferMetrics metrics, ILogger<WarmTransferGrain> logger)
    : Grain, IWarmTransferGrain, ICallFollower, IDisposable
{
    /// <summary>Whoever waits here keeps an activation that has to leave from leaving.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LongestBriefing = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1);
    private TransferJournal _journal = new();
    private TaskCompletionSource _changed = NewSignal();
    private TransferKey _key;

    /// <summary>This activation may write no longer: its storage failed, another one owns the transfer, or it is leaving.</summary>
    private bool _over;

    /// <summary>What is in storage. What is only being written is no state to act on or to show.</summary>
    private TransferState State => _journal.State;

    private bool IsLive => State.Phase is not (TransferPhase.Initial or TransferPhase.Ended);

    private static string Actor => RequestContext.Get("actor") as string ?? "client";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = TransferKey.Parse(this.GetPrimaryKeyString());
        _journal = stored.State;
        if (IsLive)
        {
            logger.Recovered(_key, State.Phase);
            Live();
        }
        return Task.CompletedTask;
    }

    /// <summary>Finishes the effect at hand, as far as there is time, and begins no other: the next activation goes on.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _over = true;
        _patience?.Cancel();
        await Task.WhenAny(_effects, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
    }

    public async Task Begin(WarmTransferRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wanted = Valid(request);
        var call = await GrainFactory.Call(_key.Call).Describe();
        if (State.Phase is TransferPhase.Initial)
        {
            if (call.Phase is not CallPhase.Connected) throw Refusal(call, "it is not connected");
            await Perform(new TransferCommand.Begin(wanted, call.Tenant, Actor));
            Live();
        }
        else if (State.Request != wanted)
        {
            throw new CallArgumentException(_key.Call, nameof(request), "its id already stands for another transfer");
        }
        while (State.Phase is TransferPhase.Requested) await Change(cancellationToken);
        if (State.Result is TransferResult.Refused) throw Refusal(call, State.Detail!);
    }

    public Task Complete(CancellationToken cancellationToken = default) =>
        Ask(new TransferCommand.Complete(Actor), nameof(Complete));

    public Task Cancel(CancellationToken cancellationToken = default) => Ask(new TransferCommand.Cancel(Actor), nameof(Cancel));

    public Task Decline(DeclineReason reason, CancellationToken cancellationToken = default) =>
        Ask(new TransferCommand.Decline(reason, Actor), nameof(Decline));

    public async Task<TransferOutcome?> Outcome(CancellationToken cancellationToken = default)
    {
        MustBeKnownAndTheirs();
        while (State.Outcome is null)
            if (!await Change(cancellationToken)) return null;
        return State.Outcome;
    }

    public Task<TransferSnapshot> Describe()
    {
        MustBeKnownAndTheirs();
        return Task.FromResult(State.ToSnapshot(_key));
    }

    public async IAsyncEnumerable<TransferJournalEntry> Watch(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        MustBeKnownAndTheirs();
        do
        {
            foreach (var entry in _journal.Entries.SkipWhile(entry => entry.Version <= after))
            {
                yield return entry;
                after = entry.Version;
            }
            if (State.Phase is TransferPhase.Ended && after >= State.Version) yield break;
        }
        while (after < State.Version || await Change(cancellationToken));
    }

    public Task LookAt(CallKey call) => LookAtCalls();

    public void Dispose()
    {
        _turn.Dispose();
        _patience?.Dispose();
    }

    private async Task Ask(TransferCommand command, string name)
    {
        MustBeKnownAndTheirs();
        var decision = await Perform(command);
        if (decision.Refusal is { } why) throw new TransferTransitionException(_key, State.Phase, name, why);
    }

    /// <summary>Decides, journals, and sets going what follows. One at a time: the journal's writes must not overlap.</summary>
    private async Task<TransferDecision> Perform(TransferCommand command)
    {
        TransferDecision decision;
        await _turn.WaitAsync();
        try
        {
            decision = TransferDecision.Decide(State, command);
            if (decision.Events.Count == 0 || _over) return decision;
            var now = time.GetUtcNow();
            await Commit(_journal.Append(decision.Events, now));
            foreach (var happened in decision.Events)
            {
                Observe(happened);
                metrics.Observe(happened, _journal, now);
            }
        }
        finally
        {
            _turn.Release();
        }
        Continue();
        return decision;
    }

    /// <summary>A journal that could not be written did not happen; a conflict means that another activation owns the transfer.</summary>
    private async Task Commit(TransferJournal next)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State = _journal;
            _over = true;
            DeactivateOnIdle();
            throw;
        }
        _journal = next;
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    /// <summary>Waits until something is journaled; false when nothing is for two seconds.</summary>
    private async Task<bool> Change(CancellationToken cancellationToken)
    {
        var changed = _changed.Task;
        await Task.WhenAny(changed, Task.Delay(LongestSilence, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return changed.IsCompleted;
    }

    private void MustBeKnownAndTheirs()
    {
        if (State.Phase is TransferPhase.Initial) throw new TransferNotFoundException(_key);
        Caller.MustOwn(State.Tenant, $"Warm transfer {_key}");
    }

    private WarmTransferRequest Valid(WarmTransferRequest request)
    {
        if (!DialString.TryParse(request.Target, out var target, out var problem)) throw Wrong(nameof(request.Target), problem);
        if (request.AnswerLimit <= TimeSpan.Zero || request.AnswerLimit > LongestAnswer)
            throw Wrong(nameof(request.AnswerLimit), "it may ring for more than zero and at most 4 minutes");
        if (request.BriefingLimit <= TimeSpan.Zero || request.BriefingLimit > LongestBriefing)
            throw Wrong(nameof(request.BriefingLimit), "a briefing may take more than zero and at most an hour");
        return request with { Target = target.ToString() };

        CallArgumentException Wrong(string argument, string why) => new(_key.Call, argument, why);
    }

    private static CallTransitionException Refusal(Calls.CallSnapshot call, string why) => new(call.Key, call.Phase, "WarmTransfer", why);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
