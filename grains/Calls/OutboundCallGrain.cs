using GoTo.Access;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Events;
using GoTo.Media;
using GoTo.Numbers;
using GoTo.Silos;
using GoTo.Tenants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Calls;

/// <summary>
/// One dial. Its intent is stored before the request leaves, and the request leaves once: when its reply is lost, the call
/// is looked for among those that GoTo tells of, and never dialed again (resolution C23).
/// </summary>
[GrainType("outbound-call"), ServingPlacement]
internal sealed class OutboundCallGrain(
    [PersistentState("outbound-call", "calls")] IPersistentState<DialState> stored,
    AccountClients accounts, TimeProvider time, IOptions<CallSettings> settings, ILogger<OutboundCallGrain> logger)
    : Grain, IOutboundCallGrain, IOutboundCallSignals
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRing = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SearchPause = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _changed = NewSignal();
    private Task _steps = Task.CompletedTask;
    private string? _sdpOffer;
    private bool _over;

    private DialState State => stored.State;

    private string Key => this.GetPrimaryKeyString();

    private string Account => Key[OutboundCalls.Prefix.Length..Key.IndexOf('/', StringComparison.Ordinal)];

    private string RequestId => Key[(Key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private bool IsSettled => State.Stage is DialStage.None or DialStage.Placed or DialStage.Failed;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Continue();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _over = true;
        await Task.WhenAny(_steps, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));
    }

    public async Task Dial(DialRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Caller.MustOwn(request.Tenant, $"Dial '{RequestId}'");
        var wanted = Valid(request);
        if (State.Request is { } earlier)
        {
            if (earlier with { Room = earlier.RoomOf is null ? earlier.Room : null } != wanted) throw Invalid(nameof(request), "its id already stands for another dial");
            Continue();
            return;
        }
        if (wanted.Room is not null) Caller.MustBeOperator("A room of another call");
        if (wanted.RoomOf is { } other) wanted = wanted with { Room = await RoomOf(other, wanted.Tenant) };
        var registration = await RegistrationOf(wanted);
        if (await Tenant(wanted).AdmitDial(Key, wanted.CallerId ?? "", null) is { } quota)
            throw new QuotaExceededException(wanted.Tenant, quota);
        await Channel.Expect(Key);
        await Store(State with { Request = wanted, Registration = registration, Stage = DialStage.Intended });
        Continue();
    }

    public async Task<DialOutcome?> Outcome(CancellationToken cancellationToken = default)
    {
        if (State.Request is not { } request) throw Invalid(nameof(request), "nobody has asked for it");
        Caller.MustOwn(request.Tenant, $"Dial '{RequestId}'");
        while (true)
        {
            var changed = _changed.Task;
            if (State.Stage is DialStage.Placed) return new DialOutcome(new CallKey(Account, State.CallId!));
            if (State.Stage is DialStage.Failed) return new DialOutcome(null, State.Failure, State.Detail);
            await Task.WhenAny(changed, Task.Delay(LongestSilence, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (!changed.IsCompleted) return null;
        }
    }

    public Task<bool> Attend()
    {
        Continue();
        return Task.FromResult(!IsSettled);
    }

    private IEventChannelSignals Channel => GrainFactory.GetGrain<IEventChannelSignals>(Account);

    /// <summary>GoTo wants our SDP offer with the dial.</summary>
    private bool OffersMedia => accounts.WebCalls(Account).OutboundOfferer is SdpOfferer.Client;

    private IMediaOfferGrain Offered => GrainFactory.GetGrain<IMediaOfferGrain>(Key);

    private ITenantAdmission Tenant(DialRequest request) => GrainFactory.Admission(request.Tenant);

    private void Continue()
    {
        if (_steps.IsCompleted && !IsSettled) _steps = RunSteps();
    }

    /// <summary>Each step is chosen from what is stored, so that a crash between two loses nothing.</summary>
    private async Task RunSteps()
    {
        await Task.Yield();
        try
        {
            while (!_over && !IsSettled)
            {
                await (State.Stage switch
                {
                    DialStage.Intended => Place(State.Request!),
                    DialStage.Sent => Search(State.Request!),
                    _ => Tell(State.Request!),
                });
            }
        }
        catch (Exception e)
        {
            // The event channel attends to the dial every few seconds, and with that goes on from what is stored.
            logger.StepFailed(Key, State.Stage, e);
        }
    }

    private async Task Place(DialRequest request)
    {
        var to = DialString.Parse(request.To);
        var offer = OffersMedia ? await Offered.Offer() : null;
        await Store(State with { Stage = DialStage.Sent, SentAt = time.GetUtcNow() });
        try
        {
            var call = await accounts.WebCalls(Account).Dial(new OutboundCall
            {
                To = to, LineId = request.LineId, CallerId = request.CallerId, IdempotencyKey = Key, SdpOffer = offer,
            });
            if (offer is null) _sdpOffer = call.SdpOffer;
            // Without audio the call is hung up, once it knows that it is ours.
            else if (await Offered.Accept(call.SdpAnswer ?? "") is { } failure) logger.AudioRefused(Key, failure);
            await Store(State with { Stage = DialStage.Found, CallId = call.CallId });
        }
        catch (Exception e) when (e is GoToUnavailableException { OutcomeUnknown: true } or GoToProtocolException)
        {
            logger.DialUncertain(Key, e.Message);
        }
        catch (Exception e) when (e is GoToApiException or AccountAccessException)
        {
            await Fail(request, Requests.Failure(e), e.Message);
        }
    }

    /// <summary>There may be a call: it is the one of those that are nobody's that goes from our line to our target.</summary>
    private async Task Search(DialRequest request)
    {
        // GoTo's answer to our offer was in the reply: a call that is found has no audio, and is hung up for that.
        if (OffersMedia) await Offered.Withdraw();
        var until = State.SentAt + settings.Value.DialSearch;
        do
        {
            foreach (var key in await Channel.Unclaimed(State.SentAt))
            {
                if (!await IsOurs(key, request)) continue;
                await Store(State with { Stage = DialStage.Found, CallId = key.CallId });
                return;
            }
            await Task.Delay(SearchPause, time);
        }
        while (!_over && time.GetUtcNow() < until);
        if (!_over) await Fail(request, CommandFailure.OutcomeUnknown, "GoTo may have placed it; no call of it was seen");
    }

    private async Task<bool> IsOurs(CallKey key, DialRequest request)
    {
        try
        {
            var call = await accounts.WebCalls(Account).Get(key.CallId);
            if (call.Direction is not Api.CallDirection.Outbound || call.LineId != request.LineId) return false;
            if (!DialString.TryParse(call.To, out var to, out _) || to != DialString.Parse(request.To)) return false;
            _sdpOffer = call.SdpOffer;
            return await GrainFactory.GetGrain<ICallSignals>(key.ToString()).Dialed(Key, request, call.SdpOffer, State.Registration);
        }
        catch (GoToApiException)
        {
            return false;
        }
    }

    private async Task Tell(DialRequest request)
    {
        var call = new CallKey(Account, State.CallId!);
        await GrainFactory.GetGrain<ICallSignals>(call.ToString()).Dialed(Key, request, _sdpOffer, State.Registration);
        await Channel.Adopt(call);
        await Tenant(request).BindDial(Key, call);
        await Store(State with { Stage = DialStage.Placed });
    }

    private async Task Fail(DialRequest request, CommandFailure failure, string detail)
    {
        if (OffersMedia) await Offered.Withdraw();
        await Tenant(request).AbandonDial(Key);
        await Store(State with { Stage = DialStage.Failed, Failure = failure, Detail = detail });
    }

    private DialRequest Valid(DialRequest request)
    {
        if (!DialString.TryParse(request.To, out var to, out var problem)) throw Invalid(nameof(request.To), problem);
        if (request.CallerId is { } shown && !PhoneNumber.TryParse(shown, out _))
            throw Invalid(nameof(request.CallerId), "it is not an E.164 number such as +15559876543");
        if (string.IsNullOrWhiteSpace(request.LineId)) throw Invalid(nameof(request.LineId), "a line is needed to call from");
        if (request is { Room: not null, RoomOf: not null }) throw Invalid(nameof(request.RoomOf), "it joins one room: name it, or the call in it");
        if (string.IsNullOrWhiteSpace(request.Tenant)) throw Invalid(nameof(request.Tenant), "a tenant is needed to call for");
        if (request.RingTimeout <= TimeSpan.Zero || request.RingTimeout > LongestRing)
            throw Invalid(nameof(request.RingTimeout), "it may ring for more than zero and at most 5 minutes");
        if (!accounts.Names.Contains(Account)) throw Invalid("Account", $"the cluster has no account '{Account}'");
        return request with { To = to.ToString() };
    }

    /// <summary>What the number that is shown means. Another tenant's number says nothing of this one's calls.</summary>
    private async Task<NumberRegistration?> RegistrationOf(DialRequest request) =>
        PhoneNumber.TryParse(request.CallerId, out var shown) && await GrainFactory.Routing(shown).Find() is { } found
            && found.Tenant == request.Tenant ? found : null;

    /// <summary>The room where a call of the same tenant talks; the call itself sees to it that nobody asks for another's.</summary>
    private async Task<string> RoomOf(CallKey other, string tenant)
    {
        if (other.Account != Account) throw Invalid(nameof(DialRequest.RoomOf), "it is another account's call");
        try
        {
            var call = await GrainFactory.Call(other).Describe();
            if (call.Tenant != tenant) throw new ForeignTenantException(tenant, $"Call {other}");
            return call is { Phase: not CallPhase.Ended, Room: { } room }
                ? room
                : throw Invalid(nameof(DialRequest.RoomOf), $"{other} is in no room, or over");
        }
        catch (CallNotFoundException)
        {
            throw Invalid(nameof(DialRequest.RoomOf), $"there is no call {other}");
        }
    }

    private InvalidDialException Invalid(string argument, string why) => new(RequestId, argument, why);

    /// <summary>What could not be stored did not happen.</summary>
    private async Task Store(DialState next)
    {
        var before = State;
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State = before;
            _over = true;
            DeactivateOnIdle();
            throw;
        }
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal static partial class OutboundCallLog
{
    [LoggerMessage(1050, LogLevel.Error, "Dial {Dial} came to a halt at {Stage}; it goes on from there")]
    public static partial void StepFailed(this ILogger<OutboundCallGrain> logger, string dial, DialStage stage, Exception failure);

    [LoggerMessage(1051, LogLevel.Warning, "Dial {Dial}: it is uncertain whether there is a call; looking for it. {Detail}")]
    public static partial void DialUncertain(this ILogger<OutboundCallGrain> logger, string dial, string detail);

    [LoggerMessage(1052, LogLevel.Warning, "Dial {Dial}: GoTo's answer to our offer cannot be used. {Detail}")]
    public static partial void AudioRefused(this ILogger<OutboundCallGrain> logger, string dial, string detail);
}
