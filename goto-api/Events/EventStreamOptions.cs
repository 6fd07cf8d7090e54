namespace GoTo.Api;

/// <summary>How an event stream behaves; the defaults are the specification's (sections 6.3, 8.4 and 12.2).</summary>
public sealed record EventStreamOptions
{
    /// <summary>The event types subscribed to. Default: all.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = Api.EventTypes.All;

    /// <summary>The lines subscribed to. Default: none named, which means all.</summary>
    public IReadOnlyList<string> LineIds { get; init; } = [];

    /// <summary>The ceiling of the first wait between attempts. Default: 1 s.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The ceiling of the longest wait between attempts. Default: 300 s.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>No wait between attempts is shorter. Default: 200 ms.</summary>
    public TimeSpan ShortestBackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A connection that held so long starts the waits anew. Default: 30 s.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the connection is pinged. Default: 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a pong may take before the connection counts as dead. Default: 10 s.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long opening the WebSocket may take. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After which share of its lifetime a channel is replaced. Default: 0.8.</summary>
    public double RenewAfterShare { get; init; } = 0.8;

    /// <summary>How long a replaced connection is still read for events under way. Default: 2 s.</summary>
    public TimeSpan OverlapOnRenewal { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The largest message, in bytes; a larger one is reported as invalid and skipped. Default: 256 KiB.
    /// </summary>
    public int LargestMessage { get; init; } = 256 * 1024;

    /// <summary>How many items may wait for the reader before the socket is no longer read. Default: 4096.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>What the stream runs on; tests run it on one thread with a clock of its own.</summary>
    internal TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>The seed of the jitter, for repeatable tests. Default: none.</summary>
    public int? Seed { get; init; }
}
