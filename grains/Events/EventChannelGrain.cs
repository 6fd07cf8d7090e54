using System.Diagnostics;
using GoTo.Accounts;
using GoTo.Api;
using GoTo.Calls;
using GoTo.Silos;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Storage;

namespace GoTo.Events;

/// <summary>
/// Owns an account's event stream. Each activation raises the epoch in storage before it opens the WebSocket, so a
/// predecessor that is still alive somewhere is fenced off: calls drop its events, and its next write conflicts.
/// </summary>
[GrainType("event-channel"), ServingPlacement, KeepAlive, Immovable]
internal sealed class EventChannelGrain : Grain, IEventChannelGrain, IEventChannelSignals, ILogInFollower, IDisposable
{
    private static readonly TimeSpan AttendancePeriod = TimeSpan.FromSeconds(5);

    private readonly IPersistentState<EventChannelState> _stored;
    private readonly AccountClients _accounts;
    private readonly FormerChannels _former;
    private readonly ILocalSiloDetails _silo;
    private readonly ILogger<EventChannelGrain> _logger;
    private readonly CallDeliveries _deliveries;
    private readonly SemaphoreSlim _saving = new(1);
    private readonly HashSet<CallKey> _live = [];
    private readonly HashSet<string> _dials = [];
    private readonly UnclaimedCalls _unclaimed;
    private readonly CancellationTokenSource _leaving = new();
    private bool _unsaved;
    private EventStream? _stream;
    private Task _reading = Task.CompletedTask;
    private bool _connected;
    private string? _lastFailure;
    private long _lossesHandled;

    public EventChannelGrain(
        [PersistentState("event-channel", "calls")] IPersistentState<EventChannelState> stored,
        AccountClients accounts, FormerChannels former, ILocalSiloDetails silo, TimeProvider time, ILogger<EventChannelGrain> logger)
    {
        (_stored, _accounts, _former, _silo, _logger) = (stored, accounts, former, silo, logger);
        _unclaimed = new UnclaimedCalls(time);
        _deliveries = new CallDeliveries(Signals, time, logger);
    }

    private string Account => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored.State = _stored.State with { Epoch = _stored.State.Epoch + 1 };
        await _stored.WriteStateAsync(cancellationToken);
        _live.UnionWith(_stored.State.LiveCalls);
        _dials.UnionWith(_stored.State.Dials);
        _stream = _accounts.OpenEventStream(Account);
        _reading = Read(_stream);
        this.RegisterGrainTimer(Attend, new GrainTimerCreationOptions(AttendancePeriod, AttendancePeriod) { Interleave = true });
        _logger.Opened(Account, _stored.State.Epoch, _live.Count);
    }

    /// <summary>Closes the socket, unless it is handed over, and delivers what it had received, as far as there is time.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            if (_stream is { } stream) await stream.DisposeAsync().AsTask().WaitAsync(cancellationToken);
            await _reading.WaitAsync(cancellationToken);
            await _deliveries.Drained().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The next activation compares every call with GoTo.
        }
    }

    public Task EnsureOpen()
    {
        if (_reading.IsCompleted) DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Leave(SiloAddress silo)
    {
        if (!silo.Equals(_silo.SiloAddress) || _stream is not { } stream) return;
        _stream = null;
        await _leaving.CancelAsync();
        // What was received is in the hands of the deliveries then, and nothing is lost between two readers.
        await _reading;
        _former.Begin(Account, _stored.State.Epoch, stream);
        DeactivateOnIdle();
    }

    public Task<EventChannelSnapshot> Describe() =>
        Task.FromResult(new EventChannelSnapshot(_connected, _stored.State.Epoch, _live.Count, _lastFailure));

    public Task<IReadOnlyList<CallKey>> LiveCalls() => Task.FromResult<IReadOnlyList<CallKey>>([.. _live]);

    public Task SiloLost(long membershipVersion)
    {
        if (membershipVersion <= _lossesHandled) return Task.CompletedTask;
        _lossesHandled = membershipVersion;
        foreach (var call in _live) _deliveries.CheckAudio(call);
        return Task.CompletedTask;
    }

    public async Task Expect(string dial)
    {
        if (!_dials.Add(dial)) return;
        await SaveForSure();
    }

    public async Task Adopt(CallKey call)
    {
        _unclaimed.Remove(call);
        if (!_live.Add(call)) return;
        await SaveForSure();
    }

    public Task Finished(CallKey call)
    {
        // What is still on its way to the call comes to the same.
        if (!_deliveries.IsPending(call)) Forget(call);
        return Task.CompletedTask;
    }

    public Task LoggedIn()
    {
        _stream?.ConnectNow();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<CallKey>> Unclaimed(DateTimeOffset since) => Task.FromResult(_unclaimed.Since(since));

    public void Dispose()
    {
        _deliveries.Dispose();
        _leaving.Dispose();
        _saving.Dispose();
    }

    private ICallSignals Signals(CallKey call) => GrainFactory.GetGrain<ICallSignals>(call.ToString());

    private async Task Read(EventStream stream)
    {
        // The calls' traces are their own, not part of whatever activated the channel.
        Activity.Current = null;
        RequestContext.Clear();
        try
        {
            await foreach (var item in stream.ReadAll(_leaving.Token)) Take(item);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Somebody else reads on.
        }
        catch (Exception e)
        {
            // A channel that does not read is none: the keeper has it opened anew.
            _logger.ReadingFailed(Account, e);
            DeactivateOnIdle();
        }
    }

    private void Take(EventStreamItem item)
    {
        switch (item)
        {
            case StreamConnected connected:
                (_connected, _lastFailure) = (true, null);
                _logger.Connected(Account, connected.Renewal);
                // A renewal is made before the old connection is broken: nothing was missed.
                if (!connected.Renewal) CompareAll();
                break;
            case StreamDisconnected lost:
                (_connected, _lastFailure) = (false, lost.Reason);
                _logger.Disconnected(Account, lost.Reason, lost.RetryIn);
                break;
            case StreamEvent { Event: InvalidEvent invalid }:
                _logger.Invalid(Account, invalid.Type, invalid.Problem);
                break;
            case StreamEvent { Event: GoToCallEvent happened }:
                Route(happened);
                break;
        }
    }

    /// <summary>
    /// A call that rings is stored as live before it hears of it. The calls behind it do not wait for that: those that ring
    /// meanwhile are stored together.
    /// </summary>
    private void Route(GoToCallEvent happened)
    {
        var call = new CallKey(Account, happened.CallId);
        var isRing = happened is CallRinging { Direction: not Api.CallDirection.Outbound };
        if (!isRing && !_live.Contains(call)) _unclaimed.Add(call);
        var known = Task.CompletedTask;
        if (isRing && _live.Add(call))
        {
            _unsaved = true;
            known = Save();
        }
        _deliveries.Hand(call, happened.Type, async signals =>
        {
            await known;
            await CallRouting.Deliver(signals, _stored.State.Epoch, happened);
            // Until its record is written the call is attended to, so that a crash loses none.
            if (happened is CallEnded && _live.Contains(call) && !await signals.Attend()) Forget(call);
        });
    }

    /// <summary>Keeps every live call's grain active: a call whose silo died is taken up again here.</summary>
    private async Task Attend(CancellationToken cancellationToken)
    {
        await Save();
        await Task.WhenAll(_dials.ToArray().Select(AttendTo));
        await Task.WhenAll(_live.Where(call => !_deliveries.IsPending(call)).ToArray().Select(AttendTo));
    }

    private async Task AttendTo(CallKey call)
    {
        try
        {
            if (!await Signals(call).Attend() && !_deliveries.IsPending(call)) Forget(call);
        }
        catch (Exception e)
        {
            // Asked again in the next round, and no reason to leave the other calls alone.
            _logger.NotDelivered(call, "attend", e.Message);
        }
    }

    private async Task AttendTo(string dial)
    {
        try
        {
            if (await GrainFactory.GetGrain<IOutboundCallSignals>(dial).Attend()) return;
            _dials.Remove(dial);
            _unsaved = true;
            await Save();
        }
        catch (Exception e)
        {
            _logger.DialNotAttended(dial, e.Message);
        }
    }

    private void CompareAll()
    {
        foreach (var call in _live) _deliveries.Compare(call);
    }

    /// <summary>Stored with the next call that rings, or the next round: until then it is attended to for nothing.</summary>
    private void Forget(CallKey call)
    {
        if (_live.Remove(call)) _unsaved = true;
    }

    /// <summary>For what must not be forgotten: whoever asks is told when it is not stored.</summary>
    private async Task SaveForSure()
    {
        _unsaved = true;
        if (!await Save()) throw new InvalidOperationException($"The channel of {Account} cannot be stored now.");
    }

    /// <summary>
    /// Stores which calls live. Writes do not overlap: two at once would conflict with each other. One that fails is made
    /// up for by the next round; events go on meanwhile, since the calls keep their own journals.
    /// </summary>
    /// <returns>Whether what had changed before is stored. What changes meanwhile is the next one's.</returns>
    private async Task<bool> Save()
    {
        await _saving.WaitAsync();
        try
        {
            if (!_unsaved) return true;
            _unsaved = false;
            _stored.State = _stored.State with { LiveCalls = [.. _live], Dials = [.. _dials] };
            await _stored.WriteStateAsync();
            return true;
        }
        catch (InconsistentStateException)
        {
            _logger.Fenced(Account, _stored.State.Epoch);
            DeactivateOnIdle();
            return false;
        }
        catch (Exception e)
        {
            _unsaved = true;
            _logger.NotSaved(Account, e.Message);
            return false;
        }
        finally
        {
            _saving.Release();
        }
    }
}

/// <summary>What is stored of a channel.</summary>
internal sealed record EventChannelState
{
    public long Epoch { get; init; }

    public IReadOnlyList<CallKey> LiveCalls { get; init; } = [];

    /// <summary>Dials that are not settled.</summary>
    public IReadOnlyList<string> Dials { get; init; } = [];
}
