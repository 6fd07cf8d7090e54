using System.Diagnostics;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Events;
using GoTo.Media;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Calls;

/// <summary>
/// What a call does in the world. One effect at a time, each chosen anew from the state, so that a crash between two
/// loses nothing. They run beside the grain's turns: a phone can hang up while the agent is awaited.
/// </summary>
internal sealed partial class CallGrain
{
    private const int MostCandidates = 64;

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    /// <summary>Between attempts; the last one repeats.</summary>
    private static readonly TimeSpan[] Pauses = [.. new[] { 0.5, 1, 2, 4, 8, 15, 30 }.Select(TimeSpan.FromSeconds)];

    /// <summary>An offer may come a little after the ring (resolution C1): 5 s in all.</summary>
    private static readonly TimeSpan[] OfferPauses = [.. new[] { 0, 0.5, 1, 1.5, 2 }.Select(TimeSpan.FromSeconds)];

    private readonly List<string> _candidates = [];
    private string? _sdpOffer;
    private bool _offerTaken;
    private bool _reconcile;
    private bool _unreconciled;
    private bool _asked;
    private Task _effects = Task.CompletedTask;
    private CallEffect _running;
    private IGrainTimer? _askLater;

    /// <summary>Ends the waiting of the effect at hand when the call no longer needs it.</summary>
    private CancellationTokenSource? _patience;

    private IMediaGrain Media => GrainFactory.GetGrain<IMediaGrain>(_key.ToString());

    /// <summary>Where the phone's leg was offered, if we placed the call and GoTo wanted our offer with the dial.</summary>
    private IMediaOfferGrain Offered => GrainFactory.GetGrain<IMediaOfferGrain>(State.RequestId!);

    private bool IsOfferedByUs => State.RequestId is not null && WebCalls.OutboundOfferer is SdpOfferer.Client;

    private WebCallsClient WebCalls => accounts.WebCalls(_key.Account, State.Tenant ?? "");

    /// <summary>Sets the effects going, unless they are. Nothing awaits between a loop's last look and its end.</summary>
    private void Continue()
    {
        if (_following.IsCompleted) _following = FollowState();
        if (_effects.IsCompleted) _effects = RunEffects();
    }

    private void LookAtGoTo()
    {
        _reconcile = true;
        Continue();
    }

    private async Task RunEffects()
    {
        DelayDeactivation(TimeSpan.MaxValue);
        // A turn of its own: the caller that set this going is not kept waiting.
        await Task.Yield();
        var failures = 0;
        while (!_over && (_running = NextEffect()) is not CallEffect.None)
        {
            using var patience = _patience = new CancellationTokenSource();
            try
            {
                if (!_journal.IsStored && !WriteRules.MayGoAhead(_running))
                {
                    // Meanwhile there may be something else to do.
                    await _journal.Store();
                    continue;
                }
                await Run(_running, patience.Token);
                failures = 0;
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                // What cancelled it has changed the state, and with it the next effect.
            }
            catch (Exception e)
            {
                // Whatever it was, the call must not stand still for it: see how things are, and go on from there.
                logger.EffectFailed(_key, _running, e);
                _reconcile = IsLive;
                await Pause(Pauses[Math.Min(failures++, Pauses.Length - 1)], patience.Token);
            }
            finally
            {
                _patience = null;
            }
        }
        _running = CallEffect.None;
        if (_over) return;
        AskLater(_unreconciled ? AskAgain : CallEffects.AskAfter(State));
        if (!IsLive) DelayDeactivation(TimeSpan.FromMinutes(1));
    }

    private CallEffect NextEffect() => _reconcile ? CallEffect.Reconcile : CallEffects.Next(State);

    private async Task Run(CallEffect effect, CancellationToken patience)
    {
        using var span = CallTrace.Effect(effect, _key, State.TraceParent);
        await (effect switch
        {
            CallEffect.Reconcile => CompareWithGoTo(),
            CallEffect.RouteNumber => RouteNumber(patience),
            CallEffect.OpenRoom => OpenRoom(patience),
            CallEffect.AwaitAgent => AwaitAgent(patience),
            CallEffect.DispatchAgent => DispatchAgent(patience),
            CallEffect.Answer => Answer(patience),
            CallEffect.Operate => SendRequest(State.NextRequest!),
            CallEffect.HangUp => HangUpAtGoTo(patience),
            CallEffect.CloseMedia => CloseMedia(),
            CallEffect.Record => Record(),
            _ => throw new UnreachableException($"No way to {effect}."),
        });
    }

    private async Task Pause(TimeSpan pause, CancellationToken patience)
    {
        try
        {
            await Task.Delay(pause, time, patience);
        }
        catch (OperationCanceledException)
        {
            // There is something newer to do.
        }
    }

    /// <summary>GoTo owes a word: asks for it when it does not come.</summary>
    private void AskLater(TimeSpan? after)
    {
        _askLater?.Dispose();
        _askLater = after is { } due
            ? this.RegisterGrainTimer(
                _ => Reconcile(),
                new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true })
            : null;
    }

    /// <summary>
    /// An activation that leaves does not wait for the answer: a tenant that wakes up asks its calls how they are, and would wait
    /// for this one in turn.
    /// </summary>
    private async Task RouteNumber(CancellationToken patience)
    {
        var registration = PhoneNumber.TryParse(State.To, out var number) ? await GrainFactory.Routing(number).Find().WaitAsync(patience) : null;
        var exceeded = registration is null
            ? null
            : await GrainFactory.Admission(registration.Tenant).Admit(_key, number.ToString(), registration.ConcurrentCalls).WaitAsync(patience);
        await Perform(new CallCommand.Route(registration, exceeded) { UnknownNumbers = settings.Value.UnknownNumbers });
    }

    private async Task Answer(CancellationToken patience)
    {
        if (IsOfferedByUs)
        {
            await TakeOffered();
            return;
        }
        try
        {
            if (await FindOffer(patience) is not { } offer)
            {
                await Perform(new CallCommand.FailAnswer("GoTo gave no SDP offer for the call"));
                return;
            }
            var reply = await Media.AcceptOffer(offer, withoutRoom: State.FallbackTarget is not null, patience);
            if (reply.SdpAnswer is not { } sdpAnswer)
            {
                await Perform(reply.RoomLost
                    ? new CallCommand.FailMedia(reply.Failure!)
                    : new CallCommand.FailAnswer(reply.Failure ?? "the SDP offer was not accepted"));
                return;
            }
            _offerTaken = true;
            foreach (var candidate in _candidates.ToArray()) await Media.AddCandidate(candidate);
            var intended = await Perform(new CallCommand.IntendAnswer());
            if (intended.Refusal is not null) return;
            // Once it has left it is seen through: only its reply says what became of it.
            var call = await WebCalls.Answer(_key.CallId, sdpAnswer, CancellationToken.None);
            await Perform(new CallCommand.AcceptAnswer(call.State is Api.CallState.Connected, call.AnsweredAt));
        }
        catch (Exception e) when (e is GoToConflictException or GoToUnavailableException { OutcomeUnknown: true })
        {
            // It may be answered, or over: look before anything is repeated.
            logger.AnswerUncertain(_key, e.Message);
            _reconcile = true;
        }
        catch (Exception e) when (e is GoToApiException or AccountAccessException)
        {
            await Perform(new CallCommand.FailAnswer(e.Message));
        }
    }

    /// <summary>Our offer left with the dial, and GoTo's answer came with its reply: all that is left is to take the leg.</summary>
    private async Task TakeOffered()
    {
        if (await Media.TakeOffered(State.RequestId!) is { } failure)
        {
            await Perform(new CallCommand.FailAnswer(failure));
            return;
        }
        var intended = await Perform(new CallCommand.IntendAnswer());
        if (intended.Refusal is null) await Perform(new CallCommand.AcceptAnswer(Connected: false, AnsweredAt: null));
    }

    private async Task<string?> FindOffer(CancellationToken patience)
    {
        foreach (var pause in OfferPauses)
        {
            if (_sdpOffer is not null) break;
            await Task.Delay(pause, time, patience);
            _sdpOffer ??= (await WebCalls.Get(_key.CallId, patience)).SdpOffer;
        }
        return _sdpOffer;
    }

    private async Task HangUpAtGoTo(CancellationToken patience)
    {
        if (State.HangUpFailures > 0)
            await Task.Delay(Pauses[Math.Min(State.HangUpFailures, Pauses.Length) - 1], time, patience);
        try
        {
            await WebCalls.HangUp(_key.CallId, GoToCalls.ToGoTo(State.HangUpReason), CancellationToken.None);
            await Perform(new CallCommand.AcceptHangUp());
        }
        catch (Exception e) when (e is GoToConflictException or GoToNotFoundException)
        {
            // Over already: GoTo says how when asked.
            await Perform(new CallCommand.AcceptHangUp());
            _reconcile = IsLive;
        }
        catch (Exception e) when (e is GoToApiException or AccountAccessException)
        {
            await Perform(new CallCommand.FailHangUp(e.Message));
        }
    }

    private async Task CloseMedia()
    {
        await Media.Close();
        if (IsOfferedByUs) await Offered.Withdraw();
        await Perform(new CallCommand.CloseMedia());
    }

    /// <summary>May happen again, after a crash: the store knows what it has.</summary>
    private async Task Record()
    {
        await recorder.Record(CallRecording.Of(_key, State), CallRecording.Operations(_key, State, _journal.Decided.EntriesAfter(0)));
        await Perform(new CallCommand.MarkRecorded());
    }

    private async Task CompareWithGoTo()
    {
        (_reconcile, _unreconciled) = (false, false);
        try
        {
            var call = await WebCalls.Get(_key.CallId);
            if (IsLive) await Perform(new CallCommand.Reconcile(GoToCalls.Read(call)));
            else if (State.Phase is CallPhase.Initial && GoToCalls.ReadRing(call) is { } ring) await TakeUp(ring, call.SdpOffer, 0);
            _asked = true;
        }
        catch (GoToNotFoundException)
        {
            if (IsLive) await Perform(new CallCommand.Reconcile(GoToCalls.Unknown));
            _asked = true;
        }
        catch (Exception e) when (e is GoToApiException or AccountAccessException)
        {
            // Nothing is known, so nothing is changed.
            logger.NotReconciled(_key, e.Message);
            _unreconciled = true;
        }
        await CheckAudio();
    }

    /// <summary>Whoever works with the call looks at it; a hint that is lost is made up for by its own clock.</summary>
    private void TellFollower()
    {
        if (State.ClaimedBy is { } follower) GrainFactory.GetGrain<ICallFollower>(follower).LookAt(_key).Ignore();
    }

    /// <summary>What an event means for what this activation is doing.</summary>
    private void Heed(CallEvent happened)
    {
        if (happened is MediaFailed) _offerTaken = false;
        if (happened is RoomJoined) _followed = null;
        // A room, an agent, an offer, a pause: none of these is worth waiting for any longer.
        if (happened is HangUpIntended or Ended) _patience?.Cancel();
        // Whoever wants to answer now needs the room all the same. Joining it anew would meet what is left of the first try there.
        // And in a call that is answered, for its greeting, nothing waits for the agent.
        if (_running is CallEffect.AwaitAgent && happened is CommandAccepted { Operation: var asked }
            && (asked is CallOperation.Answer || State.Phase is CallPhase.Connected)) _patience?.Cancel();
    }

    /// <summary>What others learn when more is stored.</summary>
    private void Observe(CallJournal before)
    {
        foreach (var entry in _journal.Stored.EntriesAfter(before.State.Version)) Observe(entry.Event);
        TellFollower();
    }

    private void Observe(CallEvent happened)
    {
        logger.Happened(_key, happened.GetType().Name);
        metrics.Observe(happened, State, time.GetUtcNow());
        if (happened is AudioMissing) logger.AudioMissing(_key);
        if (happened is DigitReceived { Digit: var digit } && State.MediaOpen) _tellingDigits = TellDigit(_tellingDigits, digit);
        // Where the silo stops the channel has left already, and whoever has it now finds out.
        if (happened is RecordWritten && !draining.IsUnderWay) GrainFactory.GetGrain<IEventChannelSignals>(_key.Account).Finished(_key).Ignore();
        if (happened is Ended && State.Tenant is { } tenant) GrainFactory.Admission(tenant).Leave(_key).Ignore();
    }
}
