using System.Diagnostics;
using GoTo.Api;
using GoTo.Calls;
using GoTo.Media;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Transfers;

/// <summary>
/// What a transfer does in the world: it asks the two calls, by commands whose ids follow from its own, so that each is done
/// once however often it is asked. One effect at a time, each chosen anew from the state: a crash between two loses nothing.
/// </summary>
internal sealed partial class WarmTransferGrain
{
    /// <summary>The calls say when something happens to them; this is for what was not heard, and for time that runs out.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(2);

    /// <summary>The consult's own limit is behind ours: which of the two ended it would be uncertain otherwise.</summary>
    private static readonly TimeSpan RingReserve = TimeSpan.FromSeconds(30);

    /// <summary>Between attempts; the last one repeats.</summary>
    private static readonly TimeSpan[] Pauses = [.. new[] { 0.5, 1, 2, 4, 8 }.Select(TimeSpan.FromSeconds)];

    private Task _effects = Task.CompletedTask;
    private Task _look = Task.CompletedTask;
    private IGrainTimer? _looks;
    private long? _agentMissingSince;

    /// <summary>Ends the waiting of the effect at hand when the transfer no longer needs it.</summary>
    private CancellationTokenSource? _patience;

    private ICallGrain CallerCall => GrainFactory.Call(_key.Call);

    private ICallTransfers CallerTransfers => GrainFactory.GetGrain<ICallTransfers>(_key.Call.ToString());

    /// <summary>Stays here until the transfer is over, and looks at its calls.</summary>
    private void Live()
    {
        DelayDeactivation(TimeSpan.MaxValue);
        _looks ??= this.RegisterGrainTimer(
            _ => LookAtCalls(), new GrainTimerCreationOptions(TimeSpan.Zero, LookPeriod) { Interleave = true });
        Continue();
    }

    /// <summary>Sets the effects going, unless they are. Nothing awaits between a loop's last look and its end.</summary>
    private void Continue()
    {
        if (_effects.IsCompleted && IsLive) _effects = RunEffects();
    }

    private async Task RunEffects()
    {
        // A turn of its own: the caller that set this going is not kept waiting. What is done is ours, not that caller's.
        await Task.Yield();
        RequestContext.Clear();
        RequestContext.Set("actor", _key.ToString());
        var failures = 0;
        while (!_over && TransferEffects.Next(State) is var effect and not TransferEffect.None)
        {
            using var patience = _patience = new CancellationTokenSource();
            try
            {
                if (!_journal.IsStored)
                {
                    await _journal.Store();
                    continue;
                }
                await Run(effect, patience.Token);
                failures = 0;
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                // What cancelled it has changed the state, and with it the next effect.
            }
            catch (Exception e)
            {
                // Whatever it was, the caller must not wait on hold for ever: it is done again, and is done once all the same.
                logger.EffectFailed(_key, effect, e);
                await Task.Delay(Pauses[Math.Min(failures++, Pauses.Length - 1)], time, patience.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
            finally
            {
                _patience = null;
            }
        }
        if (_over || IsLive) return;
        _looks?.Dispose();
        DelayDeactivation(TimeSpan.FromMinutes(1));
    }

    private async Task Run(TransferEffect effect, CancellationToken patience)
    {
        using var span = TransferTrace.Effect(effect, _key);
        await Step(effect, patience);
    }

    private Task Step(TransferEffect effect, CancellationToken patience) => effect switch
    {
        TransferEffect.Claim => Claim(),
        TransferEffect.Hold => Hold(patience),
        TransferEffect.Dial => Dial(patience),
        TransferEffect.Announce => Announce(patience),
        TransferEffect.Complete => CompleteAtGoTo(patience),
        TransferEffect.AskGoTo => AskGoTo(patience),
        TransferEffect.HangUpConsult => HangUpConsult(),
        TransferEffect.Resume => Resume(patience),
        TransferEffect.Release => Release(),
        _ => throw new UnreachableException($"No way to {effect}."),
    };

    private async Task Claim()
    {
        try
        {
            await CallerTransfers.Claim(_key.ToString());
            await Perform(new TransferCommand.ClaimCaller());
        }
        catch (CallTransitionException e)
        {
            await Perform(new TransferCommand.RefuseClaim(e.Message));
        }
    }

    private async Task Hold(CancellationToken patience)
    {
        try
        {
            await CallerCall.Hold(Id("hold"), patience);
        }
        catch (CallTransitionException e)
        {
            await Perform(new TransferCommand.FailHold(e.Message));
            return;
        }
        var outcome = await CallerCall.WhenSettled(Id("hold"), patience);
        await (outcome.Result switch
        {
            CommandResult.Done => Perform(new TransferCommand.HoldCaller()),
            CommandResult.Failed => Perform(new TransferCommand.FailHold(outcome.Detail ?? $"{outcome.Failure}")),
            _ => SeeCaller(),
        });
    }

    /// <summary>The consult's audio joins the agent's room; it shows the number that was called (resolution C12).</summary>
    private async Task Dial(CancellationToken patience)
    {
        var dial = GrainFactory.OutboundCall(_key.Call.Account, Id("consult"));
        if (!await IsAsked(dial))
        {
            if (State.Phase is TransferPhase.Undoing)
            {
                await Perform(new TransferCommand.FailConsult(State.Result!.Value, "it was never dialed"));
                return;
            }
            var call = await CallerCall.Describe();
            var ours = call.Direction is Calls.CallDirection.Inbound ? call.To : call.From;
            try
            {
                await dial.Dial(
                    new DialRequest(call.Tenant!, call.LineId, State.Request!.Target, Agent: null)
                    {
                        Room = call.Room, ClaimedBy = _key.ToString(), RingTimeout = State.Request.AnswerLimit + RingReserve,
                        CallerId = PhoneNumber.TryParse(ours, out var number) ? number.ToString() : null,
                    },
                    CancellationToken.None);
            }
            catch (Exception e) when (e is InvalidDialException or QuotaExceededException)
            {
                await Perform(new TransferCommand.FailConsult(TransferResult.Unreachable, e.Message));
                return;
            }
        }
        var outcome = await dial.WhenPlaced(patience);
        if (outcome.Call is not { } consult)
        {
            await Perform(new TransferCommand.FailConsult(TransferResult.Unreachable, outcome.Detail ?? $"{outcome.Failure}"));
            return;
        }
        await Perform(new TransferCommand.PlaceConsult(consult));
        await LookAtCalls();
    }

    /// <summary>After a crash it is played from its beginning: the target hears it whole.</summary>
    private async Task Announce(CancellationToken patience)
    {
        var consult = GrainFactory.GetGrain<IMediaGrain>(State.Consult!.Value.ToString());
        var failure = await consult.Announce(State.Request!.Announcement!, patience);
        patience.ThrowIfCancellationRequested();
        await Perform(failure is null ? new TransferCommand.EndAnnouncement() : new TransferCommand.FailAnnouncement(failure));
    }

    private async Task CompleteAtGoTo(CancellationToken patience)
    {
        if (State.CompletionAttempts > 1) await Task.Delay(Pauses[State.CompletionAttempts - 2], time, patience);
        var id = Id("complete", State.CompletionAttempts);
        try
        {
            await CallerTransfers.WarmTransfer(State.Consult!.Value, id);
        }
        catch (CallTransitionException e)
        {
            await Perform(new TransferCommand.RefuseCompletion(e.Message));
            return;
        }
        var outcome = await CallerCall.WhenSettled(id, patience);
        await Perform(outcome switch
        {
            { IsDone: true } => new TransferCommand.AcceptCompletion(),
            { Failure: CommandFailure.Refused or CommandFailure.TransferFailed or CommandFailure.NotAllowed } =>
                new TransferCommand.RefuseCompletion(outcome.Detail ?? $"{outcome.Failure}"),
            _ => new TransferCommand.DoubtCompletion(outcome.Detail ?? $"{outcome.Failure}"),
        });
        await LookAtCalls();
    }

    private async Task AskGoTo(CancellationToken patience)
    {
        var (caller, consult) = (await AskGoTo(_key.Call), await AskGoTo(State.Consult!.Value));
        var decision = await Perform(new TransferCommand.SeeBoth(caller, consult));
        if (decision.Events.Count == 0) await Task.Delay(LookPeriod, time, patience);
    }

    private async Task<CallSight> AskGoTo(CallKey key)
    {
        try
        {
            var call = GoToCalls.Read(await accounts.WebCalls(key.Account).Get(key.CallId));
            return new CallSight(call.Connected, call.TransferTarget is not null, call.Ended ? call.EndReason : null);
        }
        catch (GoToNotFoundException)
        {
            return new CallSight(Connected: false, End: EndReason.Lost);
        }
    }

    private async Task HangUpConsult()
    {
        try
        {
            await GrainFactory.Call(State.Consult!.Value).HangUp(Calls.HangUpReason.Normal, Id("drop"), CancellationToken.None);
        }
        catch (CallTransitionException)
        {
            // It is over already.
        }
        await Perform(new TransferCommand.DropConsult());
        await LookAtCalls();
    }

    private async Task Resume(CancellationToken patience)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await CallerCall.Resume(Id("resume", attempt), patience);
            }
            catch (CallTransitionException)
            {
                var call = await CallerCall.Describe();
                if (call.Phase is CallPhase.Ended || call.OnHold) await SeeCaller();
                else await Perform(new TransferCommand.ResumeCaller());
                if (State.CallerMayWait) throw;
                return;
            }
            var outcome = await CallerCall.WhenSettled(Id("resume", attempt), patience);
            await (outcome.IsDone ? Perform(new TransferCommand.ResumeCaller()) : SeeCaller());
            if (!State.CallerMayWait) return;
            await Task.Delay(Pauses[Math.Min(attempt, Pauses.Length - 1)], time, patience);
        }
    }

    private async Task Release()
    {
        await CallerTransfers.Release(_key.ToString());
        await Perform(new TransferCommand.ReleaseCaller());
    }

    private static async Task<bool> IsAsked(IOutboundCallGrain dial)
    {
        try
        {
            await dial.Outcome(CancellationToken.None);
            return true;
        }
        catch (InvalidDialException)
        {
            return false;
        }
    }

    private async Task<TransferDecision> SeeCaller(bool agentGone = false) =>
        await Perform(new TransferCommand.SeeCaller(Sight(await CallerCall.Describe()) with { AgentGone = agentGone }));

    /// <summary>
    /// Missing for a while: an agent that only connects anew has not gone. Both calls are in its room, and the audio of one may
    /// be lost.
    /// </summary>
    private async Task<bool> IsAgentGone()
    {
        if (State.Phase is not (TransferPhase.Ringing or TransferPhase.Briefing)) return false;
        if (await IsAgentHeard(_key.Call) || State.Consult is { } consult && await IsAgentHeard(consult)) _agentMissingSince = null;
        else _agentMissingSince ??= time.GetTimestamp();
        return _agentMissingSince is { } since && time.GetElapsedTime(since) >= LookPeriod;
    }

    private Task<bool> IsAgentHeard(CallKey call) => GrainFactory.GetGrain<IMediaGrain>(call.ToString()).HasAgent();

    /// <summary>Looks at both calls, and at the clock. One look at a time; who asks meanwhile shares it.</summary>
    private Task LookAtCalls() => _look.IsCompleted ? _look = Look() : _look;

    private async Task Look()
    {
        if (!IsLive || _over) return;
        await Task.Yield();
        RequestContext.Clear();
        try
        {
            if (State.CallerEnd is null) await SeeCaller(await IsAgentGone());
            if (State is { ConsultMayLive: true, Consult: { } consult })
                await Perform(new TransferCommand.SeeConsult(Sight(await GrainFactory.Call(consult).Describe())));
            await Perform(new TransferCommand.Tick(time.GetUtcNow()));
        }
        catch (Exception e)
        {
            // Looked at again in the next round.
            logger.NotLooked(_key, e.Message);
        }
    }

    private static CallSight Sight(Calls.CallSnapshot call) =>
        new(call.Phase is CallPhase.Connected, call.TransferTarget is not null, call.EndReason);

    private CommandId Id(string step, int attempt = 1) => DerivedId.Of(_key.ToString(), step, attempt);
}
