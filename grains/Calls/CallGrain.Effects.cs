using System.Diagnostics;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Media;
using GoTo.Numbers;

namespace GoTo.Calls;

/// <summary>
/// What a call does in the world. One effect at a time, each chosen anew from the state, so that a crash between two
/// loses nothing. They run beside the grain's turns: a phone can hang up while the agent is awaited.
/// </summary>
internal sealed partial class CallGrain
{
    private static readonly TimeSpan[] HangUpPauses = [.. new[] { 0.0, 0.5, 1, 2, 4 }.Select(TimeSpan.FromSeconds)];

    private const int MostCandidates = 64;

    private readonly List<string> _candidates = [];
    private string? _sdpOffer;
    private bool _reconcile;
    private Task _effects = Task.CompletedTask;
    private CallEffect _running;

    /// <summary>Ends the waiting for room and agent when the call no longer needs them.</summary>
    private CancellationTokenSource _patience = new();

    private IMediaGrain Media => GrainFactory.GetGrain<IMediaGrain>(_key.ToString());

    private WebCallsClient WebCalls => accounts.WebCalls(_key.Account);

    /// <summary>Sets the effects going, unless they are.</summary>
    private void Continue()
    {
        if (_effects.IsCompleted) _effects = RunEffects();
    }

    private async Task RunEffects()
    {
        DelayDeactivation(TimeSpan.MaxValue);
        // A turn of its own: the caller that set this going is not kept waiting.
        await Task.Yield();
        try
        {
            while ((_running = NextEffect()) is not CallEffect.None) await Run(_running);
        }
        catch (Exception e)
        {
            // The journal stands; the channel's next round brings the call back here.
            logger.EffectFailed(_key, _running, e);
            DeactivateOnIdle();
        }
        if (!IsLive) DelayDeactivation(TimeSpan.FromMinutes(1));
    }

    private CallEffect NextEffect() => _reconcile ? CallEffect.Reconcile : CallEffects.Next(State);

    private async Task Run(CallEffect effect)
    {
        using var span = CallTrace.Effect(effect, _key, State.TraceParent);
        try
        {
            await (effect switch
            {
                CallEffect.Reconcile => CompareWithGoTo(),
                CallEffect.RouteNumber => RouteNumber(),
                CallEffect.OpenRoom => OpenRoom(_patience.Token),
                CallEffect.AwaitAgent => AwaitAgent(_patience.Token),
                CallEffect.Answer => Answer(),
                CallEffect.HangUp => HangUpAtGoTo(),
                CallEffect.CloseMedia => CloseMedia(),
                _ => throw new UnreachableException($"No way to {effect}."),
            });
        }
        catch (OperationCanceledException) when (_patience.IsCancellationRequested)
        {
            // What cancelled it has changed the state, and with it the next effect.
            _patience.Dispose();
            _patience = new CancellationTokenSource();
        }
    }

    private async Task RouteNumber()
    {
        var registration = PhoneNumber.TryParse(State.To, out var number)
            ? await GrainFactory.PhoneNumber(number).Find()
            : null;
        await Perform(new CallCommand.Route(registration));
    }

    private async Task OpenRoom(CancellationToken cancellation)
    {
        var opened = await Media.OpenRoom(new RoomRequest(State.From, State.To, State.Tenant!, State.Agent!), cancellation);
        await Perform(opened.Failure is { } failure
            ? new CallCommand.ShutGate(failure)
            : new CallCommand.JoinRoom(opened.Room, opened.Participant));
    }

    private async Task AwaitAgent(CancellationToken cancellation)
    {
        var arrival = await Media.AwaitAgent(State.AgentTimeout, cancellation);
        await Perform(arrival.Identity is { } identity
            ? new CallCommand.OpenGate(identity)
            : new CallCommand.ShutGate(arrival.Failure ?? "the agent did not come"));
    }

    private async Task Answer()
    {
        try
        {
            _sdpOffer ??= (await WebCalls.Get(_key.CallId)).SdpOffer;
            if (_sdpOffer is null)
            {
                await Perform(new CallCommand.FailAnswer("GoTo gave no SDP offer for the call"));
                return;
            }
            var reply = await Media.AcceptOffer(_sdpOffer);
            if (reply.SdpAnswer is not { } sdpAnswer)
            {
                await Perform(new CallCommand.FailAnswer(reply.Failure ?? "the SDP offer was not accepted"));
                return;
            }
            foreach (var candidate in _candidates) await Media.AddCandidate(candidate);
            var intended = await Perform(new CallCommand.IntendAnswer());
            if (intended.Refusal is not null) return;
            var call = await WebCalls.Answer(_key.CallId, sdpAnswer);
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

    private async Task HangUpAtGoTo()
    {
        await Task.Delay(HangUpPauses[Math.Min(State.HangUpFailures, HangUpPauses.Length - 1)], time);
        try
        {
            await WebCalls.HangUp(_key.CallId, ToGoTo(State.HangUpReason));
            await Perform(new CallCommand.AcceptHangUp());
        }
        catch (Exception e) when (e is GoToConflictException or GoToNotFoundException)
        {
            // Over already: GoTo says how when asked.
            await Perform(new CallCommand.AcceptHangUp());
            _reconcile = true;
        }
        catch (Exception e) when (e is GoToApiException or AccountAccessException)
        {
            await Perform(new CallCommand.FailHangUp(e.Message));
        }
    }

    private async Task CloseMedia()
    {
        await Media.Close();
        await Perform(new CallCommand.FailMedia("closed with the call"));
    }

    private async Task CompareWithGoTo()
    {
        _reconcile = false;
        if (IsLive)
        {
            try
            {
                await Perform(new CallCommand.Reconcile(GoToCalls.Read(await WebCalls.Get(_key.CallId))));
            }
            catch (GoToNotFoundException)
            {
                await Perform(new CallCommand.Reconcile(GoToCalls.Unknown));
            }
            catch (Exception e) when (e is GoToApiException or AccountAccessException)
            {
                // Nothing is known, so nothing is changed; the channel asks again.
                logger.NotReconciled(_key, e.Message);
            }
        }
        if (State.MediaOpen && !await Media.IsOpen())
            await Perform(new CallCommand.FailMedia("the silo that carried the call's audio is gone"));
    }

    /// <summary>What an event means beyond the journal.</summary>
    private void Observe(CallEvent happened)
    {
        logger.Happened(_key, happened.GetType().Name);
        metrics.Observe(happened, State, time.GetUtcNow());
        if (happened is Connected) Media.AnnounceAnswer().Ignore();
        if (happened is HangUpIntended or Ended && _running is CallEffect.OpenRoom or CallEffect.AwaitAgent) _patience.Cancel();
    }

    private static Api.HangUpReason ToGoTo(HangUpReason reason) => reason switch
    {
        HangUpReason.Busy => Api.HangUpReason.Busy,
        HangUpReason.Rejected => Api.HangUpReason.Rejected,
        _ => Api.HangUpReason.Normal,
    };
}
