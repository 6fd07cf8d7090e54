using System.Runtime.CompilerServices;
using GoTo.Accounts;
using GoTo.Journals;
using GoTo.Numbers;
using GoTo.Records;
using GoTo.Silos;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Calls;

/// <summary>
/// One call. Commands are decided by <see cref="CallDecision"/>, journaled, and only then acted on: what services
/// ask is in CallGrain.Commands.cs, the effects are in CallGrain.Effects.cs.
/// </summary>
[GrainType("call"), ServingPlacement]
internal sealed partial class CallGrain(
    [PersistentState("call", "calls")] IPersistentState<CallJournal> stored,
    AccountClients accounts, TimeProvider time, CallMetrics metrics, Recorder recorder, Draining draining, IOptions<CallSettings> settings,
    ILogger<CallGrain> logger)
    : Grain, ICallGrain, ICallSignals, ICallTransfers, IDisposable
{
    private const string Cluster = "cluster";
    private const string GoToItself = "goto";

    private readonly ParkedEvents _parked = new();
    private JournalStore<CallJournal> _journal = null!;
    private CallKey _key;

    /// <summary>This activation may write no longer: its storage failed, another one owns the call, or it is leaving.</summary>
    private bool _over;

    /// <summary>As it is decided. What is shown is what is stored (<see cref="Shown"/>).</summary>
    private CallState State => _journal.Decided.State;

    private bool IsLive => State.IsLive;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = CallKey.Parse(this.GetPrimaryKeyString());
        _journal = new JournalStore<CallJournal>(stored, time, Observe, Leave);
        Guard();
        Count();
        if (IsUnfinished(State))
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
        // What cannot be stored now is made up for by the next activation, which asks GoTo.
        await _journal.Store().WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public async Task<CallSnapshot> Describe() => (await Shown()).State.ToSnapshot(_key);

    public async IAsyncEnumerable<CallJournalEntry> Watch(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        CallJournal journal;
        await Shown();
        do
        {
            journal = _journal.Stored;
            if (after < journal.Oldest - 1) throw new JournalGapException(_key, after, journal.Oldest);
            foreach (var entry in journal.EntriesAfter(after))
            {
                yield return entry;
                after = entry.Version;
            }
            if (_journal.Stored.State is { Phase: CallPhase.Ended } state && after >= state.Version) yield break;
        }
        while (await _journal.Beyond(journal, cancellationToken));
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

    public async Task<bool> Dialed(string requestId, DialRequest request, string? sdpOffer, NumberRegistration? registration)
    {
        _sdpOffer ??= sdpOffer;
        using var span = CallTrace.Dialing(_key);
        var decision = await Perform(new CallCommand.Dial(requestId, request, span?.Id) { Registration = registration });
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
        if (State.Phase is not CallPhase.Initial || _asked) return Task.FromResult(IsUnfinished(State) || IsUnfinished(_journal.Stored.State));
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

    public void Dispose() => _patience?.Dispose();

    private static bool IsUnfinished(CallState state) => state.IsLive || CallEffects.Next(state) is not CallEffect.None;

    private bool IsStale(long channelEpoch)
    {
        if (channelEpoch >= _journal.Decided.ChannelEpoch) return false;
        logger.StaleEvent(_key, channelEpoch, _journal.Decided.ChannelEpoch);
        return true;
    }

    private async Task TakeUp(CallCommand.Ring ring, string? sdpOffer, long channelEpoch, string? cause = null)
    {
        _sdpOffer ??= sdpOffer;
        using var span = CallTrace.Ringing(_key);
        await Perform(ring with { TraceParent = span?.Id }, GoToItself, cause, channelEpoch);
    }

    /// <summary>
    /// Decides, journals, and sets going what follows: at once, or when it is stored if it must not come before
    /// (<see cref="WriteRules"/>).
    /// </summary>
    /// <param name="command">What is asked of the call.</param>
    /// <param name="actor">Who asks it.</param>
    /// <param name="cause">The id of the service's command, or of GoTo's event.</param>
    /// <param name="channelEpoch">The event channel's activation that it comes from; null when it comes from elsewhere.</param>
    private async Task<CallDecision> Perform(
        CallCommand command, string actor = Cluster, string? cause = null, long? channelEpoch = null)
    {
        if (channelEpoch is { } from && IsStale(from)) return new CallDecision([], "its channel is stale");
        var (before, now) = (_journal.Decided, time.GetUtcNow());
        // Two channels told of it, while one took over from the other.
        if (channelEpoch > 0 && cause is not null && before.Has(cause)) return CallDecision.Nothing;
        var decision = CallDecision.Decide(before.State, command, now);
        if (decision.Events.Count > 0)
        {
            _journal.Append(before.Append(command, decision.Events, now, actor, cause) with
            {
                ChannelEpoch = Math.Max(before.ChannelEpoch, channelEpoch ?? 0),
            });
            foreach (var happened in decision.Events) Heed(happened);
            Guard();
            Count();
        }
        if (WriteRules.MayWait(before.State, command, decision.Events)) _journal.StoreSoon();
        else await _journal.Store();
        if (decision.Events.Count > 0) Continue();
        return decision;
    }

    /// <summary>A journal that could not be written did not happen; a conflict means that another activation owns the call.</summary>
    private void Leave()
    {
        _over = true;
        DeactivateOnIdle();
    }

    /// <summary>The call as it is stored. One that has just begun to ring is stored first: whoever asks has heard of it.</summary>
    private async Task<CallJournal> Shown()
    {
        MustBeKnownAndTheirs();
        if (_journal.Stored.State.Phase is CallPhase.Initial) await _journal.Store();
        return _journal.Stored;
    }
}
