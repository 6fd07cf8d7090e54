using System.Runtime.CompilerServices;
using GoTo.Accounts;
using GoTo.Records;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Calls;

/// <summary>
/// One call. Commands are decided by <see cref="CallDecision"/>, journaled, and only then acted on: what services
/// ask is in CallGrain.Commands.cs, the effects are in CallGrain.Effects.cs.
/// </summary>
[GrainType("call")]
internal sealed partial class CallGrain(
    [PersistentState("call", "calls")] IPersistentState<CallJournal> stored,
    AccountClients accounts, TimeProvider time, CallMetrics metrics, Recorder recorder, IOptions<CallSettings> settings, ILogger<CallGrain> logger)
    : Grain, ICallGrain, ICallSignals, ICallTransfers, IDisposable
{
    /// <summary>A watcher that waits here keeps an activation that has to leave from leaving, and its call from moving on.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);

    private const string Cluster = "cluster";
    private const string GoToItself = "goto";

    private readonly ParkedEvents _parked = new();
    private readonly SemaphoreSlim _turn = new(1);
    private CallJournal _journal = new();
    private TaskCompletionSource _changed = NewSignal();
    private CallKey _key;

    /// <summary>This activation may write no longer: its storage failed, another one owns the call, or it is leaving.</summary>
    private bool _over;

    /// <summary>What is in storage. What is only being written is no state to act on or to show.</summary>
    private CallState State => _journal.State;

    private bool IsLive => State.Phase is not (CallPhase.Initial or CallPhase.Ended);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = CallKey.Parse(this.GetPrimaryKeyString());
        _journal = stored.State;
        Guard();
        Count();
        if (IsLive || CallEffects.Next(State) is not CallEffect.None)
        {
            // A live call without an activation was cut off by a crash: what became of it is GoTo's to say.
            logger.Recovered(_key, State.Phase);
            _reconcile = true;
            Continue();
            TellFollower();
        }
        return Task.CompletedTask;
    }

    /// <summary>Finishes the effect at hand, as far as there is time, and begins no other: the next activation goes on.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _over = true;
        Count();
        _patience?.Cancel();
        await Task.WhenAny(_effects, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
    }

    public Task<CallSnapshot> Describe()
    {
        MustBeKnownAndTheirs();
        return Task.FromResult(State.ToSnapshot(_key));
    }

    public async IAsyncEnumerable<CallJournalEntry> Watch(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        MustBeKnownAndTheirs();
        while (true)
        {
            var changed = _changed.Task;
            if (after < _journal.Oldest - 1) throw new JournalGapException(_key, after, _journal.Oldest);
            foreach (var entry in _journal.EntriesAfter(after))
            {
                yield return entry;
                after = entry.Version;
            }
            if (State.Phase is CallPhase.Ended && after >= State.Version) yield break;
            await Task.WhenAny(changed, Task.Delay(LongestSilence, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (!changed.IsCompleted) yield break;
        }
    }

    public async Task Ring(long channelEpoch, CallCommand.Ring ring, string? sdpOffer, string? cause)
    {
        if (IsStale(channelEpoch)) return;
        await TakeUp(ring, sdpOffer, channelEpoch, cause);
    }

    public Task Receive(long channelEpoch, CallCommand command, string? cause)
    {
        if (State.Phase is not CallPhase.Initial) return Take(channelEpoch, command, cause);
        _parked.Add(command, cause, time.GetUtcNow());
        return Task.CompletedTask;
    }

    /// <summary>
    /// A hold or a resume that nothing of ours explains may be the other side's, or one of ours that GoTo tells of when its
    /// reply is long forgotten: GoTo is asked how it stands, so that nobody stays on hold for a late word.
    /// </summary>
    private async Task Take(long channelEpoch, CallCommand command, string? cause)
    {
        var decision = await Perform(command, GoToItself, cause, channelEpoch);
        if (decision.Events is [Held { By: HoldOrigin.Remote } or Resumed]) LookAtGoTo();
    }

    public async Task<bool> Dialed(string requestId, DialRequest request, string? sdpOffer)
    {
        _sdpOffer ??= sdpOffer;
        using var span = CallTrace.Dialing(_key);
        var decision = await Perform(new CallCommand.Dial(requestId, request, span?.Id));
        if (decision.Refusal is not null) return false;
        foreach (var (command, cause) in _parked.Take(time.GetUtcNow())) await Perform(command, GoToItself, cause);
        return true;
    }

    public Task AddCandidate(long channelEpoch, string candidate)
    {
        if (IsStale(channelEpoch) || _candidates.Count == MostCandidates) return Task.CompletedTask;
        _candidates.Add(candidate);
        return _offerTaken || State.Answer is not RequestProgress.None ? Media.AddCandidate(candidate) : Task.CompletedTask;
    }

    public Task Report(CallCommand command) => Perform(command);

    public Task<bool> Attend()
    {
        TellFollower();
        if (State.Phase is not CallPhase.Initial || _asked) return Task.FromResult(IsLive || CallEffects.Next(State) is not CallEffect.None);
        // The channel counts it as live, so it rang: its ring was lost on the way.
        LookAtGoTo();
        return Task.FromResult(true);
    }

    public async Task CheckAudio()
    {
        if (State.MediaOpen && IsLive && !await Media.IsOpen())
            await Perform(new CallCommand.FailMedia("the silo that carried the call's audio is gone"));
    }

    public Task Reconcile()
    {
        if (State.Phase is not CallPhase.Ended) LookAtGoTo();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _turn.Dispose();
        _patience?.Dispose();
    }

    private bool IsStale(long channelEpoch)
    {
        if (channelEpoch >= _journal.ChannelEpoch) return false;
        logger.StaleEvent(_key, channelEpoch, _journal.ChannelEpoch);
        return true;
    }

    private async Task TakeUp(CallCommand.Ring ring, string? sdpOffer, long channelEpoch, string? cause = null)
    {
        _sdpOffer ??= sdpOffer;
        using var span = CallTrace.Ringing(_key);
        await Perform(ring with { TraceParent = span?.Id }, GoToItself, cause, channelEpoch);
    }

    /// <summary>
    /// Decides, journals, and sets going what follows. One at a time: the journal's writes must not overlap.
    /// </summary>
    /// <param name="command">What is asked of the call.</param>
    /// <param name="actor">Who asks it.</param>
    /// <param name="cause">The id of the service's command, or of GoTo's event.</param>
    /// <param name="channelEpoch">The event channel's activation that it comes from; null when it comes from elsewhere.</param>
    private async Task<CallDecision> Perform(
        CallCommand command, string actor = Cluster, string? cause = null, long? channelEpoch = null)
    {
        CallDecision decision;
        await _turn.WaitAsync();
        try
        {
            if (channelEpoch is { } from && IsStale(from)) return new CallDecision([], "its channel is stale");
            // Two channels told of it, while one took over from the other.
            if (channelEpoch > 0 && cause is not null && _journal.Has(cause)) return CallDecision.Nothing;
            var now = time.GetUtcNow();
            decision = CallDecision.Decide(State, command, now);
            if (decision.Events.Count == 0) return decision;
            await Commit(_journal.Append(command, decision.Events, now, actor, cause) with
            {
                ChannelEpoch = Math.Max(_journal.ChannelEpoch, channelEpoch ?? 0),
            });
            foreach (var happened in decision.Events) Observe(happened);
            Guard();
            Count();
        }
        finally
        {
            _turn.Release();
        }
        Continue();
        return decision;
    }

    /// <summary>A journal that could not be written did not happen; a conflict means that another activation owns the call.</summary>
    private async Task Commit(CallJournal next)
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
