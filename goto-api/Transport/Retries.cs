using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace GoTo.Api;

/// <summary>
/// The one retry pipeline (specification section 8.3 with decisions C23 and C24): by the request's
/// <see cref="RepeatClass"/>, with full jitter, bounded, and heeding Retry-After as seconds or as a date. Every attempt
/// draws on the account's budget first; that wait is not part of the attempt's time.
/// </summary>
internal static class Retries
{
    /// <summary>A longer Retry-After is not waited for here: the caller is told and may do something better.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstCeiling = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <param name="pipeline">The pipeline.</param>
    /// <param name="time">The clock of all waits.</param>
    /// <param name="chance">Draws the jitter, 0 to 1.</param>
    public static void Configure(
        ResiliencePipelineBuilder<HttpResponseMessage> pipeline, TimeProvider time, Func<double> chance)
    {
        pipeline.TimeProvider = time;
        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            Name = "goto-retry",
            MaxRetryAttempts = 3,
            MaxDelay = LongestWait,
            ShouldRetryAfterHeader = false,
            ShouldHandle = attempt => ValueTask.FromResult(
                ShouldRepeat(ClassOf(attempt.Context), attempt.Outcome, time.GetUtcNow())),
            DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(
                (attempt.Outcome.Result is { } reply ? RetryAfter(reply, time.GetUtcNow()) : null)
                ?? FirstCeiling * Math.Pow(2, attempt.AttemptNumber) * chance()),
        });
        pipeline.AddRateLimiter(new HttpRateLimiterStrategyOptions
        {
            Name = "goto-budget",
            RateLimiter = async asked => new BudgetLease(
                asked.Context.GetRequestMessage() is { } request
                && request.Options.TryGetValue(ApiRequest.BudgetKey, out var budgeted)
                    ? await budgeted.Budget.Take(budgeted.Demand, asked.Context.CancellationToken)
                    : BudgetAnswer.Go),
        });
        pipeline.AddTimeout(new HttpTimeoutStrategyOptions { Name = "goto-attempt", Timeout = AttemptTimeout });
    }

    /// <summary>Whether a failed attempt is made again.</summary>
    public static bool ShouldRepeat(RepeatClass repeat, Outcome<HttpResponseMessage> outcome, DateTimeOffset now)
    {
        if (outcome.Exception is { } failure)
        {
            return IsConnectFailure(failure)
                || (repeat != RepeatClass.Never && failure is HttpRequestException or TimeoutRejectedException
                    && failure is not HttpRequestException
                    {
                        HttpRequestError: HttpRequestError.ConfigurationLimitExceeded,
                    });
        }

        if (outcome.Result is not { } reply || RetryAfter(reply, now) > LongestWait)
            return false;
        return reply.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => true,
            HttpStatusCode.ServiceUnavailable => repeat != RepeatClass.Never || RetryAfter(reply, now) is not null,
            HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
                or HttpStatusCode.GatewayTimeout => repeat != RepeatClass.Never,
            _ => false,
        };
    }

    /// <summary>True when no connection came about, so that nothing can have been carried out.</summary>
    public static bool IsConnectFailure(Exception failure) => failure is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    /// <summary>How long the server asks us to wait (RFC 9110 section 10.2.3), or null when it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage reply, DateTimeOffset now)
    {
        if (reply.Headers.RetryAfter is not { } header)
            return null;
        var wait = header.Delta ?? header.Date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static RepeatClass ClassOf(ResilienceContext context) =>
        context.GetRequestMessage() is { } request && request.Options.TryGetValue(ApiRequest.RepeatKey, out var repeat)
            ? repeat
            : RepeatClass.Never;
}
