using System.Text;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// The way of an event to a channel's socket: how long it takes, and what goes wrong on it. Everything happens under the
/// channels' lock.
/// </summary>
internal sealed class EventDelivery(Lock gate, TimeProvider time, CloudIds ids, CloudLatency latency)
{
    private EventFaults _faults = EventFaults.None;

    /// <summary>What goes wrong from now on; what was to be overtaken goes out.</summary>
    public void Spoil(EventFaults faults, IEnumerable<CloudChannel> channels)
    {
        _faults = faults;
        foreach (var channel in channels)
            SendOvertaken(channel);
    }

    public void Deliver(CloudChannel channel, byte[] message, CloudEvent happened)
    {
        if (ids.Happens(_faults.Lose))
            return;
        if (ids.Happens(_faults.Late))
        {
            _ = SendLate(channel, message, _faults.LateBy);
            return;
        }

        if (channel.Overtaken is null && ids.Happens(_faults.Reorder))
        {
            channel.Overtaken = message;
            return;
        }

        Send(channel, message);
        SendOvertaken(channel);
        if (ids.Happens(_faults.Duplicate))
            Send(channel, message);
        if (ids.Happens(_faults.NewId))
        {
            var again = happened.Message.DeepClone().AsObject();
            again["eventId"] = ids.New("evt");
            Send(channel, Encoding.UTF8.GetBytes(again.ToJsonString()));
        }
    }

    /// <summary>
    /// Sends a message after its latency, in order: whichever timer goes off, the oldest message leaves.
    /// </summary>
    private void Send(CloudChannel channel, byte[] message)
    {
        if (!latency.DelaysEvents)
        {
            channel.Socket?.Send(message);
            return;
        }

        channel.InTransit.Enqueue(message);
        _ = Leave(channel, latency.Event());
    }

    private async Task Leave(CloudChannel channel, TimeSpan wait)
    {
        await Task.Delay(wait, time);
        lock (gate)
        {
            var oldest = channel.InTransit.Dequeue();
            channel.Socket?.Send(oldest);
        }
    }

    private async Task SendLate(CloudChannel channel, byte[] message, TimeSpan wait)
    {
        await Task.Delay(wait, time);
        lock (gate)
            Send(channel, message);
    }

    private void SendOvertaken(CloudChannel channel)
    {
        if (channel.Overtaken is { } overtaken)
            Send(channel, overtaken);
        channel.Overtaken = null;
    }
}
