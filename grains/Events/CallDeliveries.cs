using GoTo.Calls;
using Microsoft.Extensions.Logging;

namespace GoTo.Events;

/// <summary>
/// Hands the calls what is meant for them: each call in order, none waiting for another, nothing let go of before the call
/// has it. What cannot be handed over for minutes is replaced by a comparison of the call with GoTo, which makes up for it.
/// Used from one grain's turns only.
/// </summary>
internal sealed class CallDeliveries(Func<CallKey, ICallSignals> find, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How many deliveries may wait for one call; more are replaced by a comparison too.</summary>
    public const int MostWaiting = 256;

    /// <summary>How long a delivery is tried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Delivery Comparison = new("reconcile", call => call.Reconcile());
    private static readonly Delivery AudioCheck = new("check-audio", call => call.CheckAudio());
    private static readonly TimeSpan[] Pauses = [.. new[] { 0.2, 0.5, 1, 2, 4, 8 }.Select(TimeSpan.FromSeconds)];

    private readonly Dictionary<CallKey, Queue<Delivery>> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource? _drained;

    public bool IsPending(CallKey call) => _waiting.ContainsKey(call);

    /// <summary>How many calls have something under way.</summary>
    public int Pending => _waiting.Count;

    public void Compare(CallKey call) => Add(call, Comparison);

    public void CheckAudio(CallKey call) => Add(call, AudioCheck);

    public void Hand(CallKey call, string what, Func<ICallSignals, Task> hand) => Add(call, new Delivery(what, hand));

    /// <summary>Completes when nothing waits.</summary>
    public Task Drained()
    {
        if (_waiting.Count == 0) return Task.CompletedTask;
        return (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Tries nothing again. What is under way may still ask the token, so its source is left to the collector.</summary>
    public void Dispose() => _stop.Cancel();

    private void Add(CallKey call, Delivery delivery)
    {
        if (_waiting.TryGetValue(call, out var queue))
        {
            if (queue.Count >= MostWaiting)
            {
                logger.GivenUp(call, delivery.What);
                if (queue.Count > MostWaiting) return;
                delivery = Comparison;
            }
            queue.Enqueue(delivery);
            return;
        }
        _waiting[call] = queue = new Queue<Delivery>([delivery]);
        _ = Drain(call, queue);
    }

    private async Task Drain(CallKey call, Queue<Delivery> queue)
    {
        try
        {
            while (queue.TryPeek(out var next))
            {
                await Deliver(call, next);
                queue.Dequeue();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next activation of the channel compares every call with GoTo.
        }
        _waiting.Remove(call);
        if (_waiting.Count == 0) _drained?.TrySetResult();
    }

    private async Task Deliver(CallKey call, Delivery delivery)
    {
        var since = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await delivery.Hand(find(call));
                return;
            }
            catch (Exception e)
            {
                // Its silo died, its storage is away: whatever it is, the call comes back, here or on another silo.
                logger.NotDelivered(call, delivery.What, e.Message);
            }
            if (delivery != Comparison && time.GetElapsedTime(since) >= Patience)
            {
                logger.GivenUp(call, delivery.What);
                delivery = Comparison;
            }
            await Task.Delay(Pauses[Math.Min(attempt, Pauses.Length - 1)], time, _stop.Token);
        }
    }

    private sealed record Delivery(string What, Func<ICallSignals, Task> Hand);
}
