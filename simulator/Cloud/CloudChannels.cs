using System.Text;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Notification channels, their subscriptions and their sockets (specification section 6). A channel has one socket; a
/// second one evicts the first. Events for a channel without a socket are lost, as the specification promises no more,
/// unless the options have them sent again. It ends when its time is over, when it has no socket for too long, and in the
/// public API when nobody refreshes it.
/// </summary>
internal sealed class CloudChannels
{
    private const int LongestLog = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CloudChannel> _channels = [];
    private readonly Queue<string> _log = [];
    private readonly GoToCloudOptions _options;
    private readonly TimeProvider _time;
    private readonly CloudIds _ids;
    private readonly CloudDevices _devices;
    private readonly EventDelivery _delivery;
    private readonly ILogger<GoToCloud> _logger;

    public CloudChannels(
        GoToCloudOptions options, TimeProvider time, CloudIds ids, CloudLatency latency, CloudDevices devices,
        ILogger<GoToCloud> logger)
    {
        (_options, _time, _ids, _devices, _logger) = (options, time, ids, devices, logger);
        _delivery = new EventDelivery(_gate, time, ids, latency);
    }

    /// <summary>Every event as it happens, whoever hears it.</summary>
    public event Action<CloudEvent>? Published;

    public (string ChannelId, DateTimeOffset ExpiresAt) Create(CloudAccount account, bool isPublic = false)
    {
        lock (_gate)
        {
            if (_channels.Values.Count(channel => channel.AccountKey == account.Key) >= _options.MostChannels)
            {
                throw CloudRefusal.Conflict(
                    "TOO_MANY_CHANNELS", $"The account has {_options.MostChannels} channels already: delete one.");
            }

            var channel = new CloudChannel(_ids.New("ch"), account.Key, isPublic);
            _channels[channel.Id] = channel;
            Extend(channel);
            AwaitSocket(channel);
            _logger.ChannelCreated(channel.Id, account.Key);
            return (channel.Id, channel.ExpiresAt);
        }
    }

    /// <summary>A channel of the public API lives on; until when.</summary>
    public DateTimeOffset Refresh(CloudAccount account, string channelId)
    {
        lock (_gate)
        {
            var channel = Find(account, channelId);
            Extend(channel);
            return channel.ExpiresAt;
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
            var id = _ids.New("sub");
            entry.Subscriptions[id] = new ChannelSubscription(
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
            entry.Timers.Idle = null;
            _logger.SocketOpened(channelId);
            foreach (var message in entry.Missed(_options, _time.GetUtcNow()))
                socket.Send(message);
        }
    }

    public void Detach(string channelId, CloudSocket socket)
    {
        lock (_gate)
        {
            _logger.SocketClosed(channelId);
            if (!_channels.TryGetValue(channelId, out var entry) || !ReferenceEquals(entry.Socket, socket))
                return;
            (entry.Socket, entry.LeftAt) = (null, _time.GetUtcNow());
            AwaitSocket(entry);
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

                if (_options.ReplayOnReconnect > TimeSpan.Zero)
                    channel.Keep(message, _options, _time.GetUtcNow());
                if (channel.Socket is null)
                    continue;
                _delivery.Deliver(channel, message, happened);
                heard = true;
            }

            if (!heard)
                _logger.NobodyListens(happened.Type);
        }
    }

    /// <summary>What goes wrong with events from now on; an event that was to be overtaken goes out.</summary>
    public void Spoil(EventFaults faults)
    {
        lock (_gate)
            _delivery.Spoil(faults, _channels.Values);
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
                channel.Timers.Stop();
        }
    }

    private bool DeliverPublic(CloudChannel channel, CloudEvent happened)
    {
        if (channel.AccountKey != happened.AccountKey || channel.Socket is null)
            return false;
        var line = _options.Accounts.SelectMany(account => account.Lines).First(line => line.Id == happened.LineId);
        var hears = _devices.Hears(channel.Id, channel.AccountKey, line.Extension);
        var messages = CloudPublicEvents.Of(happened, line, hears, channel.Subscriptions.Count > 0, _ids).ToArray();
        foreach (var message in messages)
            _delivery.Deliver(channel, Encoding.UTF8.GetBytes(message.ToJsonString()), happened with { Message = message });
        return messages.Length > 0;
    }

    /// <summary>Its time begins anew. The public API reminds of the end of a shorter time, and then means it.</summary>
    private void Extend(CloudChannel channel)
    {
        channel.ExpiresAt = _time.GetUtcNow() + _options.ChannelLifetime;
        channel.Timers.Expiry = After(_options.ChannelLifetime, () =>
        {
            // A timer that was stopped may already have been on its way here.
            if (_time.GetUtcNow() >= channel.ExpiresAt)
                Remove(channel.Id, 4404, "expired");
        });
        if (channel.IsPublic)
        {
            channel.Timers.Refresh = After(_options.ChannelRefresh, () =>
            {
                channel.Socket?.Send(Encoding.UTF8.GetBytes("WEBSOCKET_REFRESH_REQUIRED"));
                channel.Timers.Refresh = After(_options.ChannelRefreshGrace, () => CloseSoon(channel));
            });
        }
    }

    private void CloseSoon(CloudChannel channel)
    {
        channel.Socket?.Send(Encoding.UTF8.GetBytes("WEBSOCKET_TO_BE_CLOSED"));
        channel.Timers.Refresh = After(_options.ChannelRefreshGrace, () => Remove(channel.Id, 4404, "not refreshed"));
    }

    private void AwaitSocket(CloudChannel channel) => channel.Timers.Idle = After(_options.ChannelInactivity, () =>
    {
        if (channel.Socket is null)
            Remove(channel.Id, 4404, "without a socket for too long");
    });

    private ITimer After(TimeSpan wait, Action action) => _time.CreateTimer(
        _ =>
        {
            lock (_gate)
                action();
        },
        null, wait, Timeout.InfiniteTimeSpan);

    private void Remove(string channelId, int closeCode, string reason)
    {
        lock (_gate)
        {
            if (!_channels.Remove(channelId, out var entry))
                return;
            entry.Timers.Stop();
            entry.Socket?.Close(closeCode, $"The channel is {reason}.");
            _logger.ChannelGone(channelId, reason);
        }
    }

    private CloudChannel Find(CloudAccount account, string channelId) =>
        _channels.TryGetValue(channelId, out var entry) && entry.AccountKey == account.Key
            ? entry
            : throw NoSuchChannel();

    private static CloudRefusal NoSuchChannel() =>
        CloudRefusal.NotFound("RTC-NOTIFICATION-CHANNEL-NOT-FOUND", "There is no such channel, or it has expired.");
}
