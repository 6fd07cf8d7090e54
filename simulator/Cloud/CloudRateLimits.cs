using System.Globalization;

namespace GoTo.Simulator.Cloud;

/// <summary>How many requests the simulated cloud takes before it replies 429.</summary>
public enum CloudRateLimits
{
    /// <summary>As many as come.</summary>
    Off,

    /// <summary>
    /// Section 9 of the specification: in any minute 10 token requests of a client, and 100 requests to web calls, 100
    /// to call events and 60 to the directory with one token.
    /// </summary>
    Arch002,

    /// <summary>
    /// GoTo's public API, unverified against the live service: in any second 10 requests to each API with one token,
    /// and in any minute 10 token requests of a client.
    /// </summary>
    GoToPublic,
}

/// <summary>How a 429 says when to come again (RFC 9110 section 10.2.3).</summary>
public enum CloudRetryAfter
{
    /// <summary>As a number of seconds.</summary>
    Seconds,

    /// <summary>As an HTTP date.</summary>
    Date,

    /// <summary>Not at all.</summary>
    Absent,
}

/// <summary>
/// Counts requests in sliding windows; a refused one does not count. Not System.Threading.RateLimiting, whose sliding
/// window moves in segments and follows no TimeProvider.
/// </summary>
internal sealed class CloudRateLimiter(GoToCloudOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Api, string Who), Queue<DateTimeOffset>> _windows = [];
    private CloudRateLimits _limits = options.RateLimits;
    private CloudRetryAfter _retryAfter = options.RetryAfter;

    /// <summary>Other limits from now on; the count begins anew.</summary>
    public void Set(CloudRateLimits limits, CloudRetryAfter retryAfter)
    {
        lock (_gate)
        {
            (_limits, _retryAfter) = (limits, retryAfter);
            _windows.Clear();
        }
    }

    /// <summary>Limits what a bearer token asks of an API; token requests are limited where the client is known.</summary>
    public Task Apply(HttpContext context, RequestDelegate next)
    {
        if (Api(context.Request.Path) is { } api)
            Count(api, context.Request.Headers.Authorization.ToString());
        return next(context);
    }

    /// <summary>Counts a client's token request.</summary>
    /// <exception cref="CloudRefusal">There were too many.</exception>
    public void CountTokenRequest(string clientId) => Count("oauth", clientId);

    private static string? Api(PathString path) => path.Value?.Split('/', 3).ElementAtOrDefault(1) switch
    {
        "web-calls" => "web-calls",
        "call-events" => "call-events",
        "notification-channel" => "notification-channel",
        "users" => "users",
        _ => null,
    };

    private void Count(string api, string who)
    {
        lock (_gate)
        {
            if (Limit(ref api) is not var (most, span))
                return;
            var now = time.GetUtcNow();
            DropEmpty(now);
            if (!_windows.TryGetValue((api, who), out var window))
                _windows[(api, who)] = window = new Queue<DateTimeOffset>();
            while (window.TryPeek(out var oldest) && oldest + span <= now)
                window.Dequeue();
            if (window.Count >= most)
            {
                throw new CloudRefusal(429, "TOO_MANY_REQUESTS", "Too many requests: wait and come again.")
                {
                    RetryAfter = RetryAfter(window.Peek() + span, now),
                };
            }

            window.Enqueue(now);
        }
    }

    private (int Most, TimeSpan Span)? Limit(ref string api)
    {
        var minute = TimeSpan.FromMinutes(1);
        switch (_limits, api)
        {
            case (CloudRateLimits.Off, _):
                return null;
            case (_, "oauth"):
                return (10, minute);
            case (CloudRateLimits.GoToPublic, _):
                return (10, TimeSpan.FromSeconds(1));
            case (_, "users"):
                return (60, minute);
            case (_, "notification-channel"):
                // The specification has channels and subscriptions in one category.
                api = "call-events";
                return (100, minute);
            default:
                return (100, minute);
        }
    }

    /// <summary>Tokens come and go; their windows go with them.</summary>
    private void DropEmpty(DateTimeOffset now)
    {
        if (_windows.Count < 1000)
            return;
        foreach (var key in _windows.Where(pair => pair.Value.LastOrDefault() < now.AddMinutes(-1))
            .Select(pair => pair.Key).ToArray())
        {
            _windows.Remove(key);
        }
    }

    private string? RetryAfter(DateTimeOffset free, DateTimeOffset now)
    {
        // Both forms know whole seconds only: rounded up, or who waits as told would come too early.
        switch (_retryAfter)
        {
            case CloudRetryAfter.Seconds:
                return ((long)Math.Ceiling((free - now).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            case CloudRetryAfter.Date:
                var second = DateTimeOffset.FromUnixTimeSeconds(free.ToUnixTimeSeconds());
                return (second < free ? second.AddSeconds(1) : second).ToString("R", CultureInfo.InvariantCulture);
            default:
                return null;
        }
    }
}
