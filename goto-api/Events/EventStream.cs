using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace GoTo.Api;

/// <summary>
/// One account's events as a stream that stays alive: channel, subscription and WebSocket are desired state, made again
/// whenever they are lost and replaced before they expire (specification sections 6 and 8.4, decisions E8 to E14).
/// </summary>
/// <remarks>
/// Items come in order to one reader, an event once however often GoTo sends it, and ringing that must be over not at all. On every <see cref="StreamConnected"/> the reader reconciles its live calls. A
/// slow reader makes the stream stop reading its socket at <see cref="EventStreamOptions.Capacity"/> items; none is
/// dropped. Disposing closes the socket and deletes subscription and channel, best effort.
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream of events, as GoTo and Orleans use the word.")]
public sealed class EventStream : IAsyncDisposable
{
    private static readonly TimeSpan RenewalRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly Channel<EventStreamItem> _items;
    private readonly CancellationTokenSource _stop = new();
    private readonly LastToken _tokens;
    private readonly EventStreamOptions _options;
    private readonly EventLinker _linker;
    private readonly EventFilter _filter;
    private readonly Dialect _dialect;
    private readonly Func<ReadOnlyMemory<byte>, IReadOnlyList<GoToEvent>> _read;
    private readonly TimeProvider _time;
    private readonly GoToApiMetrics _metrics;
    private readonly ILogger<EventStream> _log;
    private readonly BackOff _backOff;
    private TaskCompletionSource _hurry = NewSignal();
    private int _disposed;
    private Task _run = Task.CompletedTask;
    private Task _retiring = Task.CompletedTask;

    private EventStream(
        CallEventsClient events, GoToAccountOptions account, LastToken tokens, EventStreamOptions options,
        SocketConnector connect, TimeProvider time, ClockSkew skew, GoToApiMetrics metrics, ILogger<EventStream> log)
    {
        _tokens = tokens;
        _filter = new EventFilter(time, skew);
        _options = options;
        _time = time;
        _metrics = metrics;
        _log = log;
        _dialect = Dialect.Of(account);
        _read = _dialect.NewReader();
        _linker = new EventLinker(events, account, tokens, options, connect, time, log);
        _backOff = new BackOff(
            options.FirstBackOff, options.LongestBackOff, options.ShortestBackOff,
            options.Seed is { } seed ? new Random(seed) : new Random());
        _items = Channel.CreateBounded<EventStreamItem>(
            new BoundedChannelOptions(options.Capacity) { SingleReader = true });
    }

    /// <summary>The stream's items, for one reader; ends when the stream is disposed.</summary>
    public async IAsyncEnumerable<EventStreamItem> ReadAll(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (await _items.Reader.WaitToReadAsync(cancellation))
        {
            while (_items.Reader.TryRead(out var item))
                yield return item;
        }
    }

    /// <summary>
    /// A stream that waits before it tries to connect again tries at once, and its waits are short again: what was in the way is
    /// gone, such as a missing login. One that is connected goes on.
    /// </summary>
    public void ConnectNow() => Volatile.Read(ref _hurry).TrySetResult();

    /// <summary>Stops, closes the socket and deletes what was made at GoTo.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _tokens.Leave();
            _stop.Cancel();
        }

        await _run;
        await _retiring;
        _stop.Dispose();
    }

    internal static EventStream Start(
        CallEventsClient events, GoToAccountOptions account, LastToken tokens, EventStreamOptions options,
        SocketConnector connect, TimeProvider time, ClockSkew skew, GoToApiMetrics metrics, ILogger<EventStream> log)
    {
        var stream = new EventStream(events, account, tokens, options, connect, time, skew, metrics, log);
        // Not on the caller's scheduler: a grain that opens a stream would have to wait for its own turn.
        stream._run = Task.Factory.StartNew(
            stream.Run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, options.Scheduler).Unwrap();
        return stream;
    }

    private async Task Run()
    {
        var stop = _stop.Token;
        try
        {
            while (true)
            {
                var lost = await RunOnce(stop);
                _log.Disconnected(lost.Reason, lost.RetryIn);
                _metrics.Disconnected();
                await Tell(lost, stop);
                await WaitToRetry(lost.RetryIn, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed: this is the regular end.
        }
        finally
        {
            if (_linker.Held is { } held)
                await _linker.Leave(held);
            _items.Writer.TryComplete();
        }
    }

    private async Task WaitToRetry(TimeSpan wait, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(Task.Delay(wait, _time, over.Token), _hurry.Task);
        await over.CancelAsync();
        stop.ThrowIfCancellationRequested();
        if (!_hurry.Task.IsCompleted)
            return;
        Volatile.Write(ref _hurry, NewSignal());
        _backOff.Reset();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<StreamDisconnected> RunOnce(CancellationToken stop)
    {
        try
        {
            var link = await _linker.Open(stop);
            Volatile.Write(ref _hurry, NewSignal());
            var since = _time.GetTimestamp();
            await Tell(Connected(link, renewal: false), stop);
            var end = await Serve(link, stop);
            if (_time.GetElapsedTime(since) >= _options.HealthyAfter)
                _backOff.Reset();
            return new StreamDisconnected(end.ToString(), _backOff.Next(), null);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            // Whatever prevents a connection, from GoTo's refusals to the token source's own errors, the stream's task
            // is to report it and to try again.
            var wait = _backOff.Next();
            if (RetryAfter(failure) is { } asked && asked > wait)
                wait = asked < _options.LongestBackOff ? asked : _options.LongestBackOff;
            return new StreamDisconnected(Redaction.Scrub(failure.Message) ?? "", wait, failure);
        }
    }

    /// <summary>
    /// Reads a link to its end, replacing it in time by one on a new channel: first make, then break.
    /// </summary>
    private async Task<SocketEnd> Serve(EventLink link, CancellationToken stop)
    {
        var reading = Read(link, stop);
        try
        {
            var renewAt = link.Held.RenewAt(_options.RenewAfterShare);
            while (await NextDemand(link, renewAt, reading, stop) is var demand and not ChannelDemand.None)
            {
                if (demand == ChannelDemand.Refresh && await _linker.Refresh(link.Held, stop))
                {
                    renewAt = link.Held.RenewAt(_options.RenewAfterShare);
                    continue;
                }

                if (await Renew(link, stop) is not { } next)
                {
                    renewAt = _time.GetUtcNow() + RenewalRetry;
                    continue;
                }

                await Tell(Connected(next, renewal: true), stop);
                _retiring = Task.WhenAll(_retiring, Retire(link, reading, stop));
                link = next;
                reading = Read(link, stop);
                renewAt = link.Held.RenewAt(_options.RenewAfterShare);
            }

            var end = await reading;
            await _linker.Heed(link, end, stop);
            return end;
        }
        finally
        {
            await Close(link, reading);
        }
    }

    private async Task<EventLink?> Renew(EventLink present, CancellationToken stop)
    {
        try
        {
            return await _linker.OpenNew(stop);
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // The present link still serves; it is the one to keep until a new one stands.
            _log.RenewalFailed(present.Held.Channel.Id);
            return null;
        }
    }

    /// <summary>
    /// Waits until the channel is to be refreshed or replaced, by the clock or by the server's word; none when the
    /// connection ended first.
    /// </summary>
    private async Task<ChannelDemand> NextDemand(
        EventLink link, DateTimeOffset? renewAt, Task reading, CancellationToken stop)
    {
        var wait = Timeout.InfiniteTimeSpan;
        if (renewAt is { } due)
            wait = due - _time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var timer = Task.Delay(wait, _time, cancel.Token);
        await Task.WhenAny(reading, timer, link.Demands.Reader.WaitToReadAsync(cancel.Token).AsTask());
        cancel.Cancel();
        stop.ThrowIfCancellationRequested();
        if (reading.IsCompleted)
            return ChannelDemand.None;
        return link.Demands.Reader.TryRead(out var demand) ? demand : ChannelDemand.Replace;
    }

    private Task<SocketEnd> Read(EventLink link, CancellationToken stop)
    {
        return link.Socket.Read(
            async message =>
            {
                foreach (var happened in _read(message))
                    await Deliver(happened);
            },
            problem => Deliver(EventDecoder.Invalid([], problem)));

        ValueTask Deliver(GoToEvent decoded)
        {
            if (_dialect.Demand(decoded) is var demand and not ChannelDemand.None)
            {
                link.Demands.Writer.TryWrite(demand);
                return ValueTask.CompletedTask;
            }

            if (decoded is InvalidEvent invalid)
                _log.BadMessage(invalid.Problem);
            var verdict = _filter.Judge(decoded);
            _metrics.Event(decoded, verdict);
            if (verdict != EventVerdict.Deliver)
            {
                _log.NotDelivered(decoded.Type, verdict);
                return ValueTask.CompletedTask;
            }

            return Tell(new StreamEvent(decoded), stop);
        }
    }

    /// <summary>Lets a replaced link deliver what is under way, then ends it and deletes its channel.</summary>
    private async Task Retire(EventLink link, Task<SocketEnd> reading, CancellationToken stop)
    {
        await Task.WhenAny(reading, Task.Delay(_options.OverlapOnRenewal, _time, stop));
        await Close(link, reading);
        await _linker.CleanUp(link.Held);
    }

    private async Task Close(EventLink link, Task<SocketEnd> reading)
    {
        await link.Socket.Close(reading, CloseLimit, _time);
        await Task.WhenAny(reading);
        link.Socket.Dispose();
    }

    private StreamConnected Connected(EventLink link, bool renewal)
    {
        _log.Connected(link.Held.Channel.Id);
        return new StreamConnected(link.Held.Channel.Id, renewal);
    }

    private ValueTask Tell(EventStreamItem item, CancellationToken stop) => _items.Writer.WriteAsync(item, stop);

    private static TimeSpan? RetryAfter(Exception failure) => failure switch
    {
        GoToRateLimitedException limited => limited.RetryAfter,
        GoToUnavailableException unavailable => unavailable.RetryAfter,
        _ => null,
    };
}
