using System.Collections.Concurrent;
using System.Diagnostics;
using GoTo.Api;
using GoTo.Calls;
using Microsoft.Extensions.Logging;

namespace GoTo.Events;

/// <summary>
/// The sockets of event channels that have moved from this silo, which is about to stop, to another one: what they still
/// deliver is handed on until the new one stands. First make, then break: nothing that GoTo tells falls between the two.
/// What both tell counts once: calls know the events that they have had.
/// </summary>
internal sealed class FormerChannels(IGrainFactory grains, TimeProvider time, ILogger<FormerChannels> logger)
{
    /// <summary>How long the new channel may take; without it events come to nobody anyway when this silo is gone.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentBag<Task> _open = [];

    /// <param name="account">Whose channel it is.</param>
    /// <param name="epoch">The epoch of the activation that had it.</param>
    /// <param name="stream">Its events, which nobody else reads any more.</param>
    public void Begin(string account, long epoch, EventStream stream)
    {
        // Deliveries are in order, and nobody's turn is theirs any more: they take turns among themselves.
        var turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        _open.Add(Task.Factory.StartNew(
            () => HandOn(account, epoch, stream), CancellationToken.None, TaskCreationOptions.DenyChildAttach, turns).Unwrap());
    }

    /// <summary>Completes when every channel that has left stands elsewhere, or could not be opened there in time.</summary>
    public Task Replaced() => Task.WhenAll(_open);

    private async Task HandOn(string account, long epoch, EventStream stream)
    {
        Activity.Current = null;
        RequestContext.Clear();
        using var deliveries = new CallDeliveries(call => grains.GetGrain<ICallSignals>(call.ToString()), time, logger);
        var reading = Read(account, epoch, stream, deliveries);
        var since = time.GetTimestamp();
        while (!await Stands(account, epoch) && time.GetElapsedTime(since) < Limit) await Task.Delay(Look, time);
        await stream.DisposeAsync();
        await reading;
        await Task.WhenAny(deliveries.Drained(), Task.Delay(Limit, time));
        logger.HandedOver(account, time.GetElapsedTime(since));
    }

    private async Task Read(string account, long epoch, EventStream stream, CallDeliveries deliveries)
    {
        await foreach (var item in stream.ReadAll())
        {
            if (item is not StreamEvent { Event: GoToCallEvent happened }) continue;
            var call = new CallKey(account, happened.CallId);
            deliveries.Hand(call, happened.Type, async signals =>
            {
                if (happened is CallRinging { Direction: not Api.CallDirection.Outbound })
                    await grains.GetGrain<IEventChannelSignals>(account).Adopt(call);
                await CallRouting.Deliver(signals, epoch, happened);
            });
        }
    }

    /// <summary>A later activation has its socket open. Asking it is what brings it about.</summary>
    private async Task<bool> Stands(string account, long epoch)
    {
        try
        {
            return await grains.EventChannel(account).Describe() is { Connected: true } channel && channel.Epoch > epoch;
        }
        catch (Exception e)
        {
            logger.NotYet(account, e.Message);
            return false;
        }
    }
}

internal static partial class FormerChannelsLog
{
    [LoggerMessage(1160, LogLevel.Information, "The channel of {Account} stands on another silo, after {Elapsed}")]
    public static partial void HandedOver(this ILogger<FormerChannels> logger, string account, TimeSpan elapsed);

    [LoggerMessage(1161, LogLevel.Debug, "The channel of {Account} does not stand yet. {Detail}")]
    public static partial void NotYet(this ILogger<FormerChannels> logger, string account, string detail);
}
