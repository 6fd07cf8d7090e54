using System.Runtime.CompilerServices;
using GoTo.Accounts;
using Microsoft.Extensions.Logging;

namespace GoTo.Calls;

/// <summary>
/// One call. Commands are decided by <see cref="CallDecision"/>, journaled, and only then acted on: the effects are in
/// CallGrain.Effects.cs.
/// </summary>
[GrainType("call")]
internal sealed partial class CallGrain(
    [PersistentState("call", "calls")] IPersistentState<CallJournal> stored,
    AccountClients accounts, TimeProvider time, CallMetrics metrics, ILogger<CallGrain> logger)
    : Grain, ICallGrain, ICallSignals, IDisposable
{
    private readonly SemaphoreSlim _journal = new(1);
    private TaskCompletionSource _changed = NewSignal();
    private CallKey _key;

    private CallState State => stored.State.State;

    private bool IsLive => State.Phase is not (CallPhase.Initial or CallPhase.Ended);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = CallKey.Parse(this.GetPrimaryKeyString());
        if (IsLive || CallEffects.Next(State) is not CallEffect.None)
        {
            // A live call without an activation was cut off by a crash: what became of it is GoTo's to say.
            logger.Recovered(_key, State.Phase);
            _reconcile = true;
            Continue();
        }
        return Task.CompletedTask;
    }

    public Task<CallSnapshot> Describe()
    {
        MustBeKnown();
        return Task.FromResult(State.ToSnapshot(_key));
    }

    public async IAsyncEnumerable<CallJournalEntry> Watch(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        MustBeKnown();
        while (true)
        {
            var changed = _changed.Task;
            var entries = stored.State.Entries;
            var oldest = entries[0].Version;
            if (after < oldest - 1) throw new JournalGapException(_key, after, oldest);
            for (var i = (int)(after - oldest + 1); i < entries.Count; i++)
            {
                yield return entries[i];
                after = entries[i].Version;
            }
            if (State.Phase is CallPhase.Ended && after == State.Version) yield break;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public async Task HangUp(HangUpReason reason = HangUpReason.Normal, CancellationToken cancellationToken = default)
    {
        MustBeKnown();
        var decision = await Perform(new CallCommand.HangUp(reason, Actor));
        if (decision.Refusal is { } why) throw new CallTransitionException(_key, State.Phase, nameof(HangUp), why);
    }

    public async Task Ring(long channelEpoch, CallCommand.Ring ring, string? sdpOffer)
    {
        if (IsStale(channelEpoch)) return;
        _sdpOffer ??= sdpOffer;
        using var span = CallTrace.Ringing(_key);
        await Perform(ring with { TraceParent = span?.Id }, channelEpoch);
    }

    public Task Receive(long channelEpoch, CallCommand command) =>
        IsStale(channelEpoch) ? Task.CompletedTask : Perform(command, channelEpoch);

    public Task AddCandidate(long channelEpoch, string candidate)
    {
        if (IsStale(channelEpoch) || _candidates.Count == MostCandidates) return Task.CompletedTask;
        _candidates.Add(candidate);
        return State.Answer is RequestProgress.None ? Task.CompletedTask : Media.AddCandidate(candidate);
    }

    public Task Report(CallCommand command) => Perform(command);

    public Task<bool> Attend() => Task.FromResult(IsLive);

    public Task Reconcile()
    {
        if (!IsLive) return Task.CompletedTask;
        _reconcile = true;
        Continue();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _journal.Dispose();
        _patience.Dispose();
    }

    /// <summary>Who asks, as the client says it; not proof of anything.</summary>
    private static string Actor => RequestContext.Get("actor") as string ?? "client";

    private bool IsStale(long channelEpoch)
    {
        if (channelEpoch >= stored.State.ChannelEpoch) return false;
        logger.StaleEvent(_key, channelEpoch, stored.State.ChannelEpoch);
        return true;
    }

    /// <summary>Decides, journals, and sets going what follows. One at a time: the journal's writes must not overlap.</summary>
    private async Task<CallDecision> Perform(CallCommand command, long channelEpoch = 0)
    {
        CallDecision decision;
        await _journal.WaitAsync();
        try
        {
            decision = CallDecision.Decide(State, command);
            if (decision.Events.Count == 0) return decision;
            var before = stored.State;
            stored.State = before.Append(decision.Events, time.GetUtcNow()) with
            {
                ChannelEpoch = Math.Max(before.ChannelEpoch, channelEpoch),
            };
            await Write(before);
            foreach (var happened in decision.Events) Observe(happened);
        }
        finally
        {
            _journal.Release();
        }
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
        Continue();
        return decision;
    }

    /// <summary>A journal that could not be written did not happen; a conflict means that another activation owns the call.</summary>
    private async Task Write(CallJournal before)
    {
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

    private void MustBeKnown()
    {
        if (State.Phase is CallPhase.Initial) throw new CallNotFoundException(_key);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
