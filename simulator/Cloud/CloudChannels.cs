using System.Text;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Notification channels, their subscriptions and their sockets (specification section 6). A channel has one socket; a
/// second one evicts the first. Events for a channel without a socket are lost, as the specification promises no more,
/// unless the options have them sent again.
/// </summary>
internal sealed class CloudChannels(
    GoToCloudOptions options, TimeProvider time, CloudIds ids, CloudLatency latency, CloudDevices devices,
    ILogger<GoToCloud> log)
{
    private const int LongestLog = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _channels = [];
    private readonly Queue<string> _log = [];
    private EventFaults _faults = EventFaults.None;

    /// <summary>Every event as it happens, whoever hears it.</summary>
    public event Action<CloudEvent>? Published;

    public (string ChannelId, DateTimeOffset ExpiresAt) Create(CloudAccount account, bool isPublic = false)
    {
        lock (_gate)
        {
            var entry = new Entry(
                ids.New("ch"), account.Key, time.GetUtcNow() + options.ChannelLifetime, isPublic);
            _channels[entry.Id] = entry;
            entry.Expiry = time.CreateTimer(
                _ => Remove(entry.Id, 4404, "expired"), null, options.ChannelLifetime, Timeout.InfiniteTimeSpan);
            log.ChannelCreated(entry.Id, account.Key);
            return (entry.Id, entry.ExpiresAt);
        }
    }

    public void Delete(CloudAccount account, string channelId)
    {
        lock (_gate)
        {
            Find(account, channelId);
            Remove(channelId, 4404, "deleted");
        }
    }

    /// <summary>Subscribes a channel; no types or no lines means all of them.</summary>
    public string Subscribe(
        CloudAccount account, string channelId, IReadOnlyList<string>? types, IReadOnlyList<string>? lineIds)
    {
        lock (_gate)
        {
            var entry = Find(account, channelId);
            var unknown = lineIds?.FirstOrDefault(line => account.Lines.All(known => known.Id != line));
            if (unknown is not null)
                throw CloudRefusal.NotFound("LINE_NOT_FOUND", $"There is no line '{unknown}'.");
            var id = ids.New("sub");
            entry.Subscriptions[id] = new Subscription(
                types is { Count: > 0 } ? types.ToHashSet() : null,
                lineIds is { Count: > 0 } ? lineIds.ToHashSet() : null);
            return id;
        }
    }

    public void Unsubscribe(CloudAccount account, string subscriptionId)
    {
        lock (_gate)
        {
            var removed = _channels.Values
                .Where(channel => channel.AccountKey == account.Key)
                .Any(channel => channel.Subscriptions.Remove(subscriptionId));
            if (!removed)
                throw CloudRefusal.NotFound("SUBSCRIPTION_NOT_FOUND", "There is no such subscription.");
        }
    }

    /// <summary>Ends all subscriptions of a channel, which have no ids in the public API.</summary>
    public void UnsubscribeAll(CloudAccount account, string channelId)
    {
        lock (_gate)
            Find(account, channelId).Subscriptions.Clear();
    }

    /// <summary>Refuses a socket for a channel that does not exist or belongs to another account.</summary>
    public void Check(string channelId, CloudAccount? account)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channelId, out var entry))
                throw NoSuchChannel();
            if (account is not null && account.Key != entry.AccountKey)
                throw new CloudRefusal(403, "UNAUTHORIZED", "The channel belongs to another account.");
        }
    }

    public void Attach(string channelId, CloudSocket socket)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channelId, out var entry))
            {
                socket.Close(4404, "The channel is gone.");
                return;
            }

            entry.Socket?.Close(4409, "Another socket took the channel.");
            entry.Socket = socket;
            log.SocketOpened(channelId);
            foreach (var message in entry.Missed(options, time.GetUtcNow()))
                socket.Send(message);
        }
    }

    public void Detach(string channelId, CloudSocket socket)
    {
        lock (_gate)
        {
            log.SocketClosed(channelId);
            if (_channels.TryGetValue(channelId, out var entry) && ReferenceEquals(entry.Socket, socket))
                (entry.Socket, entry.LeftAt) = (null, time.GetUtcNow());
        }
    }

    /// <summary>Sends an event to every channel of the account that is subscribed to its type and line.</summary>
    public void Publish(CloudEvent happened)
    {
        lock (_gate)
        {
            var text = happened.Message.ToJsonString();
            if (_log.Count == LongestLog)
                _log.Dequeue();
            _log.Enqueue(text);
            Published?.Invoke(happened);
            var message = Encoding.UTF8.GetBytes(text);
            var heard = false;
            foreach (var channel in _channels.Values)
            {
                if (channel.IsPublic)
                {
                    heard |= DeliverPublic(channel, happened);
                    continue;
                }

                if (channel.AccountKey != happened.AccountKey
                    || !channel.Subscriptions.Values.Any(subscription => subscription.Wants(happened)))
                {
                    continue;
                }

                if (options.ReplayOnReconnect > TimeSpan.Zero)
                    channel.Keep(message, options, time.GetUtcNow());
                if (channel.Socket is null)
                    continue;
                Deliver(channel, message, happened);
                heard = true;
            }

            if (!heard)
                log.NobodyListens(happened.Type);
        }
    }

    /// <summary>What goes wrong with events from now on; an event that was to be overtaken goes out.</summary>
    public void Spoil(EventFaults faults)
    {
        lock (_gate)
        {
            _faults = faults;
            foreach (var channel in _channels.Values)
                SendOvertaken(channel);
        }
    }

    /// <summary>Every event so far, whoever heard it, one a line.</summary>
    public string EventLog()
    {
        lock (_gate)
            return string.Concat(_log.Select(line => line + "\n"));
    }

    /// <summary>Does something to the sockets of all channels, or of one.</summary>
    /// <returns>How many sockets there were.</returns>
    public int ForEachSocket(string? channelId, Action<CloudSocket> action)
    {
        lock (_gate)
        {
            var sockets = _channels.Values
                .Where(channel => channelId is null || channel.Id == channelId)
                .Select(channel => channel.Socket)
                .OfType<CloudSocket>()
                .ToArray();
            foreach (var socket in sockets)
                action(socket);
            return sockets.Length;
        }
    }

    public void Expire(string channelId) => Remove(channelId, 4404, "expired");

    public void ExpireAll()
    {
        lock (_gate)
        {
            foreach (var channelId in _channels.Keys.ToArray())
                Expire(channelId);
        }
    }

    public JsonArray ToJson()
    {
        lock (_gate)
        {
            return new JsonArray([.. _channels.Values.Select(channel => (JsonNode)new JsonObject
            {
                ["channelId"] = channel.Id,
                ["accountKey"] = channel.AccountKey,
                ["expiresAt"] = CloudReplies.Moment(channel.ExpiresAt),
                ["connected"] = channel.Socket is not null,
                ["subscriptions"] = channel.Subscriptions.Keys.ToJson(),
            })]);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            foreach (var channel in _channels.Values)
                channel.Expiry?.Dispose();
        }
    }

    private void Deliver(Entry channel, byte[] message, CloudEvent happened)
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
    private void Send(Entry channel, byte[] message)
    {
        if (!latency.DelaysEvents)
        {
            channel.Socket?.Send(message);
            return;
        }

        channel.InTransit.Enqueue(message);
        _ = Leave(channel, latency.Event());
    }

    private async Task Leave(Entry channel, TimeSpan wait)
    {
        await Task.Delay(wait, time);
        lock (_gate)
        {
            var oldest = channel.InTransit.Dequeue();
            channel.Socket?.Send(oldest);
        }
    }

    private bool DeliverPublic(Entry channel, CloudEvent happened)
    {
        if (channel.AccountKey != happened.AccountKey || channel.Socket is null)
            return false;
        var line = options.Accounts.SelectMany(account => account.Lines).First(line => line.Id == happened.LineId);
        var hears = devices.Hears(channel.Id, channel.AccountKey, line.Extension);
        var messages = CloudPublicEvents.Of(happened, line, hears, channel.Subscriptions.Count > 0, ids).ToArray();
        foreach (var message in messages)
            Deliver(channel, Encoding.UTF8.GetBytes(message.ToJsonString()), happened with { Message = message });
        return messages.Length > 0;
    }

    private async Task SendLate(Entry channel, byte[] message, TimeSpan wait)
    {
        await Task.Delay(wait, time);
        lock (_gate)
            Send(channel, message);
    }

    private void SendOvertaken(Entry channel)
    {
        if (channel.Overtaken is { } overtaken)
            Send(channel, overtaken);
        channel.Overtaken = null;
    }

    private void Remove(string channelId, int closeCode, string reason)
    {
        lock (_gate)
        {
            if (!_channels.Remove(channelId, out var entry))
                return;
            entry.Expiry?.Dispose();
            entry.Socket?.Close(closeCode, $"The channel is {reason}.");
            log.ChannelGone(channelId, reason);
        }
    }

    private Entry Find(CloudAccount account, string channelId) =>
        _channels.TryGetValue(channelId, out var entry) && entry.AccountKey == account.Key
            ? entry
            : throw NoSuchChannel();

    private static CloudRefusal NoSuchChannel() =>
        CloudRefusal.NotFound("RTC-NOTIFICATION-CHANNEL-NOT-FOUND", "There is no such channel, or it has expired.");

    private sealed class Entry(string id, string accountKey, DateTimeOffset expiresAt, bool isPublic)
    {
        public string Id { get; } = id;

        public string AccountKey { get; } = accountKey;

        /// <summary>Whether its events have the public API's form.</summary>
        public bool IsPublic { get; } = isPublic;

        public DateTimeOffset ExpiresAt { get; } = expiresAt;

        public Dictionary<string, Subscription> Subscriptions { get; } = [];

        public CloudSocket? Socket { get; set; }

        /// <summary>A message that waits to be overtaken by the next.</summary>
        public byte[]? Overtaken { get; set; }

        /// <summary>What is on its way to the socket, oldest first.</summary>
        public Queue<byte[]> InTransit { get; } = [];

        public ITimer? Expiry { get; set; }

        /// <summary>When its last socket went away.</summary>
        public DateTimeOffset? LeftAt { get; set; }

        private Queue<(DateTimeOffset At, byte[] Message)> Kept { get; } = new();

        public void Keep(byte[] message, GoToCloudOptions options, DateTimeOffset now)
        {
            Kept.Enqueue((now, message));
            while (Kept.Peek().At < now - options.ReplayMemory)
                Kept.Dequeue();
        }

        /// <summary>What a new socket is to be sent first.</summary>
        public byte[][] Missed(GoToCloudOptions options, DateTimeOffset now)
        {
            var since = LeftAt is { } left ? left - options.ReplayOnReconnect : now - options.ReplayMemory;
            return [.. Kept.Where(kept => kept.At >= since).Select(kept => kept.Message)];
        }
    }

    private sealed record Subscription(HashSet<string>? Types, HashSet<string>? LineIds)
    {
        public bool Wants(CloudEvent happened) =>
            Types?.Contains(happened.Type) != false && LineIds?.Contains(happened.LineId) != false;
    }
}
