namespace GoTo.Simulator.Cloud;

/// <summary>A notification channel: who hears what on it. <see cref="CloudChannels"/> guards it.</summary>
internal sealed class CloudChannel(string id, string accountKey, bool isPublic)
{
    public string Id { get; } = id;

    public string AccountKey { get; } = accountKey;

    /// <summary>Whether its events have the public API's form.</summary>
    public bool IsPublic { get; } = isPublic;

    public DateTimeOffset ExpiresAt { get; set; }

    public Dictionary<string, ChannelSubscription> Subscriptions { get; } = [];

    public CloudSocket? Socket { get; set; }

    /// <summary>A message that waits to be overtaken by the next.</summary>
    public byte[]? Overtaken { get; set; }

    /// <summary>What is on its way to the socket, oldest first.</summary>
    public Queue<byte[]> InTransit { get; } = [];

    /// <summary>When it ends, when it must be refreshed, and when it has been without a socket for too long.</summary>
    public ChannelTimers Timers { get; } = new();

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

/// <summary>A channel's three timers, each one at most.</summary>
internal sealed class ChannelTimers
{
    private ITimer? _expiry;
    private ITimer? _refresh;
    private ITimer? _idle;

    public ITimer? Expiry
    {
        set => Replace(ref _expiry, value);
    }

    public ITimer? Refresh
    {
        set => Replace(ref _refresh, value);
    }

    public ITimer? Idle
    {
        set => Replace(ref _idle, value);
    }

    public void Stop() => Expiry = Refresh = Idle = null;

    private static void Replace(ref ITimer? timer, ITimer? next)
    {
        timer?.Dispose();
        timer = next;
    }
}

/// <summary>What a channel is subscribed to; null means all.</summary>
internal sealed record ChannelSubscription(HashSet<string>? Types, HashSet<string>? LineIds)
{
    public bool Wants(CloudEvent happened) =>
        Types?.Contains(happened.Type) != false && LineIds?.Contains(happened.LineId) != false;
}
