using System.Runtime.CompilerServices;
using GoTo.Access;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Calls;
using GoTo.Journals;
using GoTo.Silos;
using Microsoft.Extensions.Logging;

namespace GoTo.Transfers;

/// <summary>
/// One warm transfer. Commands and what is seen of the two calls are decided by <see cref="TransferDecision"/>, journaled,
/// and only then acted on: the effects are in WarmTransferGrain.Effects.cs.
/// </summary>
[GrainType("warm-transfer"), ServingPlacement]
internal sealed partial class WarmTransferGrain(
    [PersistentState("transfer", "calls")] IPersistentState<TransferJournal> stored,
    AccountClients accounts, TimeProvider time, TransferMetrics metrics, ILogger<WarmTransferGrain> logger)
    : Grain, IWarmTransferGrain, ICallFollower, IDisposable
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LongestBriefing = TimeSpan.FromHours(1);

    private JournalStore<TransferJournal> _journal = null!;
    private TransferKey _key;

    /// <summary>This activation may write no longer: its storage failed, another one owns the transfer, or it is leaving.</summary>
    private bool _over;

    /// <summary>As it is decided. What is shown and acted on is what is stored.</summary>
    private TransferState State => _journal.Decided.State;

    private bool IsLive => State.Phase is not (TransferPhase.Initial or TransferPhase.Ended);

    private static string Actor => RequestContext.Get("actor") as string ?? "client";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = TransferKey.Parse(this.GetPrimaryKeyString());
        _journal = new JournalStore<TransferJournal>(stored, time, Observe, Leave);
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
        while (_journal.Stored is { State.Phase: TransferPhase.Requested } journal) await _journal.Beyond(journal, cancellationToken);
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
        TransferJournal journal;
        do
        {
            journal = _journal.Stored;
            if (journal.State.Outcome is { } outcome) return outcome;
        }
        while (await _journal.Beyond(journal, cancellationToken));
        return null;
    }

    public Task<TransferSnapshot> Describe()
    {
        MustBeKnownAndTheirs();
        return Task.FromResult(_journal.Stored.State.ToSnapshot(_key));
    }

    public async IAsyncEnumerable<TransferJournalEntry> Watch(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        MustBeKnownAndTheirs();
        TransferJournal journal;
        do
        {
            journal = _journal.Stored;
            foreach (var entry in journal.Entries.SkipWhile(entry => entry.Version <= after))
            {
                yield return entry;
                after = entry.Version;
            }
            if (_journal.Stored.State is { Phase: TransferPhase.Ended } state && after >= state.Version) yield break;
        }
        while (await _journal.Beyond(journal, cancellationToken));
    }

    public Task LookAt(CallKey call) => LookAtCalls();

    public void Dispose() => _patience?.Dispose();

    private async Task Ask(TransferCommand command, string name)
    {
        MustBeKnownAndTheirs();
        var decision = await Perform(command);
        if (decision.Refusal is { } why) throw new TransferTransitionException(_key, State.Phase, name, why);
    }

    /// <summary>Decides, journals, and sets going what follows.</summary>
    private async Task<TransferDecision> Perform(TransferCommand command)
    {
        var decision = TransferDecision.Decide(State, command);
        if (decision.Events.Count > 0 && !_over)
        {
            _journal.Append(_journal.Decided.Append(decision.Events, time.GetUtcNow()));
            // Nothing of what led here is worth waiting for any longer.
            if (decision.Events.Any(happened => happened is TransferGivenUp or CallerEnded)) _patience?.Cancel();
        }
        await _journal.Store();
        if (decision.Events.Count > 0) Continue();
        return decision;
    }

    /// <summary>What others learn when more is stored.</summary>
    private void Observe(TransferJournal before)
    {
        foreach (var entry in _journal.Stored.Entries.Skip(before.Entries.Count))
        {
            logger.Happened(_key, entry.Event.GetType().Name);
            metrics.Observe(entry, _journal.Stored);
        }
    }

    /// <summary>A journal that could not be written did not happen; a conflict means that another activation owns the transfer.</summary>
    private void Leave()
    {
        _over = true;
        DeactivateOnIdle();
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
}
