namespace GoTo.Simulator.Cloud;

/// <summary>How long the simulated cloud takes (decisions part c).</summary>
public sealed record CloudLatencies
{
    /// <summary>As fast as the machine is.</summary>
    public static CloudLatencies None { get; } = new();

    /// <summary>As slow as GoTo's cloud is taken to be.</summary>
    public static CloudLatencies Real { get; } = new()
    {
        TokenFrom = TimeSpan.FromMilliseconds(80),
        TokenTo = TimeSpan.FromMilliseconds(300),
        RestMedian = TimeSpan.FromMilliseconds(60),
        RestP99 = TimeSpan.FromMilliseconds(500),
        EventFrom = TimeSpan.FromMilliseconds(40),
        EventTo = TimeSpan.FromMilliseconds(150),
        EventFirst = 0.5,
    };

    /// <summary>The shortest time of a token request.</summary>
    public TimeSpan TokenFrom { get; init; }

    /// <summary>The longest time of a token request; all between are as likely.</summary>
    public TimeSpan TokenTo { get; init; }

    /// <summary>The time that half of all other requests stay below; their times are log-normal.</summary>
    public TimeSpan RestMedian { get; init; }

    /// <summary>The time that 99 of 100 other requests stay below.</summary>
    public TimeSpan RestP99 { get; init; }

    /// <summary>The shortest time from a change to its event's leaving.</summary>
    public TimeSpan EventFrom { get; init; }

    /// <summary>The longest time from a change to its event's leaving; all between are as likely.</summary>
    public TimeSpan EventTo { get; init; }

    /// <summary>
    /// How likely the events that a request causes leave before its reply, from 0 to 1; otherwise they leave after it.
    /// </summary>
    public double EventFirst { get; init; }
}

/// <summary>
/// Draws latencies and lets requests wait. Chances of its own, one sequence for requests and one for events: ids, and
/// so the event log, are the same with and without.
/// </summary>
internal sealed class CloudLatency(GoToCloudOptions options, TimeProvider time)
{
    /// <summary>The 99th percentile of the normal distribution, in standard deviations.</summary>
    private const double P99 = 2.3263;

    private readonly CloudLatencies _latencies = options.Latencies;
    private readonly Lock _gate = new();
    private readonly Random _requests = options.Seed is { } seed ? new Random(seed) : new Random();
    private readonly Random _events = options.Seed is { } seed ? new Random(seed) : new Random();

    public bool DelaysEvents => _latencies.EventTo > TimeSpan.Zero;

    /// <summary>How long the next event takes.</summary>
    public TimeSpan Event()
    {
        lock (_gate)
            return Between(_events, _latencies.EventFrom, _latencies.EventTo);
    }

    public async Task Apply(HttpContext context, RequestDelegate next)
    {
        if (_latencies == CloudLatencies.None || context.Request.Path.StartsWithSegments("/_sim")
            || context.Request.Path.Value is { } path && path.StartsWith("/phone", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var (wait, eventFirst) = Request(context.Request.Path);
        if (!eventFirst || context.WebSockets.IsWebSocketRequest)
        {
            await Task.Delay(wait, time, context.RequestAborted);
            await next(context);
            return;
        }

        // Carried out first, and the reply waits for the slowest event that this may have caused.
        var reply = await HeldReply.Of(context, next);
        await Task.Delay(wait > _latencies.EventTo ? wait : _latencies.EventTo, time, context.RequestAborted);
        await reply.Send();
    }

    private (TimeSpan Wait, bool EventFirst) Request(PathString path)
    {
        lock (_gate)
        {
            if (path.StartsWithSegments("/oauth"))
                return (Between(_requests, _latencies.TokenFrom, _latencies.TokenTo), false);
            // Always as many draws, so that one request's fate does not change the next one's.
            var deviations = Math.Sqrt(-2 * Math.Log(1 - _requests.NextDouble()))
                * Math.Cos(2 * Math.PI * _requests.NextDouble());
            var first = _requests.NextDouble() < _latencies.EventFirst;
            if (_latencies.RestMedian <= TimeSpan.Zero)
                return (TimeSpan.Zero, first);
            var spread = Math.Log(_latencies.RestP99 / _latencies.RestMedian) / P99;
            return (_latencies.RestMedian * Math.Exp(spread * deviations), first);
        }
    }

    private static TimeSpan Between(Random chance, TimeSpan from, TimeSpan to) =>
        from + ((to - from) * chance.NextDouble());
}
