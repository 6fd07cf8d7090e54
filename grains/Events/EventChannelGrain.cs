using System.Diagnostics;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Calls;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace GoTo.Events;

/// <summary>
/// Owns an account's event stream. Each activation raises the epoch in storage before it opens the WebSocket, so a
/// predecessor that is still alive somewhere is fenced off: calls drop its events, and its next write conflicts.
/// </summary>
[GrainType("event-channel"), KeepAlive, Immovable]
internal sealed class EventChannelGrain(
    [PersistentState("event-channel", "calls")] IPersistentState<EventChannelState> stored,
    AccountClients accounts, TimeProvider time, ILogger<EventChannelGrain> logger)
    : Grain, IEventChannelGrain, IEventChannelSignals
{
    private static readonly TimeSpan AttendancePeriod = TimeSpan.FromSeconds(5);

    private readonly Dictionary<CallKey, Task> _routes = [];
    private readonly SeenEvents _seen = new(time);
    private EventStream? _stream;
    private Task _reading = Task.CompletedTask;
    private bool _connected;
    private string? _lastFailure;
    private long _lossesHandled;

    private string Account => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stored.State = stored.State with { Epoch = stored.State.Epoch + 1 };
        await stored.WriteStateAsync(cancellationToken);
        _stream = accounts.OpenEventStream(Account);
        _reading = Read(_stream);
        this.RegisterGrainTimer(Attend, new GrainTimerCreationOptions(AttendancePeriod, AttendancePeriod) { Interleave = true });
        logger.Opened(Account, stored.State.Epoch, stored.State.LiveCalls.Count);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_stream is not { } stream) return;
        await stream.DisposeAsync();
        await _reading;
    }

    public Task EnsureOpen() => Task.CompletedTask;

    public Task<EventChannelSnapshot> Describe() => Task.FromResult(
        new EventChannelSnapshot(_connected, stored.State.Epoch, stored.State.LiveCalls.Count, _lastFailure));

    public Task<IReadOnlyList<CallKey>> LiveCalls() => Task.FromResult(stored.State.LiveCalls);

    public async Task SiloLost(long membershipVersion)
    {
        if (membershipVersion <= _lossesHandled) return;
        _lossesHandled = membershipVersion;
        await ReconcileAll();
    }

    private async Task Read(EventStream stream)
    {
        // The calls' traces are their own, not part of whatever activated the channel.
        Activity.Current = null;
        RequestContext.Clear();
        await foreach (var item in stream.ReadAll())
        {
            switch (item)
            {
                case StreamConnected connected:
                    (_connected, _lastFailure) = (true, null);
                    logger.Connected(Account, connected.Renewal);
                    await ReconcileAll();
                    break;
                case StreamDisconnected lost:
                    (_connected, _lastFailure) = (false, lost.Reason);
                    logger.Disconnected(Account, lost.Reason, lost.RetryIn);
                    break;
                case StreamEvent { Event: var happened }:
                    await Take(happened);
                    break;
            }
        }
    }

    private async Task Take(GoToEvent happened)
    {
        if (happened is InvalidEvent invalid) logger.Invalid(Account, invalid.Type, invalid.Problem);
        if (happened is not GoToCallEvent of || !_seen.IsNew(of.Key)) return;
        var call = new CallKey(Account, of.CallId);
        if (of is CallRinging && !stored.State.LiveCalls.Contains(call))
            await Keep([.. stored.State.LiveCalls, call]);
        _routes[call] = RouteAfter(_routes.GetValueOrDefault(call, Task.CompletedTask), call, of);
    }

    /// <summary>Events of one call go in order; those of others do not wait for it.</summary>
    private async Task RouteAfter(Task earlier, CallKey call, GoToCallEvent happened)
    {
        await earlier;
        foreach (var pause in Pauses)
        {
            await Task.Delay(pause, time);
            try
            {
                await CallRouting.Deliver(GrainFactory.GetGrain<ICallSignals>(call.ToString()), stored.State.Epoch, happened);
                if (happened is CallEnded) await Forget(call);
                return;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or IOException)
            {
                // The call's silo may just have died; its grain comes back on another one.
                logger.NotDelivered(call, happened.Type, e.Message);
            }
        }
    }

    private static IEnumerable<TimeSpan> Pauses => new[] { 0, 0.2, 0.5, 1, 2, 4, 8 }.Select(TimeSpan.FromSeconds);

    /// <summary>Keeps every live call's grain active: a call whose silo died is taken up again here.</summary>
    private async Task Attend(CancellationToken cancellationToken)
    {
        foreach (var call in stored.State.LiveCalls)
        {
            if (!await GrainFactory.GetGrain<ICallSignals>(call.ToString()).Attend()) await Forget(call);
        }
    }

    private async Task ReconcileAll()
    {
        foreach (var call in stored.State.LiveCalls)
            await GrainFactory.GetGrain<ICallSignals>(call.ToString()).Reconcile();
    }

    private async Task Forget(CallKey call)
    {
        _routes.Remove(call);
        if (stored.State.LiveCalls.Contains(call)) await Keep([.. stored.State.LiveCalls.Where(c => c != call)]);
    }

    private async Task Keep(IReadOnlyList<CallKey> liveCalls)
    {
        stored.State = stored.State with { LiveCalls = liveCalls };
        await stored.WriteStateAsync();
    }
}

/// <summary>What is stored of a channel.</summary>
internal sealed record EventChannelState
{
    public long Epoch { get; init; }

    public IReadOnlyList<CallKey> LiveCalls { get; init; } = [];
}
