using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly.RateLimiting;
using Polly.Timeout;

namespace GoTo.Api;

/// <summary>
/// Sends a request of a dialect and turns the outcome into a reply or one of our exceptions. A 401 invalidates the
/// token and repeats the request once with a new one: refused requests were not carried out, so any request may be
/// repeated.
/// </summary>
internal sealed class ApiTransport
{
    public const string HttpClientName = "GoTo.Api";

    /// <summary>The largest reply that is read, in bytes.</summary>
    public const int LargestReply = 1024 * 1024;

    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiTransport> _log;
    private int _skewTold;

    public ApiTransport(IHttpClientFactory http, TimeProvider time, IMeterFactory meters, ILogger<ApiTransport> log)
    {
        (_http, _time, _log) = (http, time, log);
        Metrics = new GoToApiMetrics(meters, Skew);
    }

    /// <summary>How far GoTo's clock is from ours.</summary>
    public ClockSkew Skew { get; } = new();

    public GoToApiMetrics Metrics { get; }

    public async Task<ApiReply> Send(
        ApiRequest request, GoToAccountOptions account, IAccessTokenSource? tokens, CancellationToken cancellation)
    {
        if (tokens is null)
            return await SendOnce(request, account, token: null, cancellation);
        var token = await tokens.GetAccessToken(cancellation);
        try
        {
            return await SendOnce(request, account, token, cancellation);
        }
        catch (GoToAuthenticationException refused) when (refused.StatusCode == HttpStatusCode.Unauthorized)
        {
            _log.TokenRejected(request.Operation, refused.Code);
            await tokens.Rejected(token, cancellation);
            var renewed = await tokens.GetAccessToken(cancellation);
            if (string.Equals(renewed, token, StringComparison.Ordinal))
                throw;
            return await SendOnce(
                request with { Secrets = [.. request.Secrets, token] }, account, renewed, cancellation);
        }
    }

    private async Task<ApiReply> SendOnce(
        ApiRequest request, GoToAccountOptions account, string? token, CancellationToken cancellation)
    {
        using var client = _http.CreateClient(HttpClientName);
        using var message = request.ToMessage(token, account.CertificateFingerprint);
        var started = _time.GetTimestamp();
        HttpResponseMessage response;
        byte[] body;
        try
        {
            response = await client.SendAsync(message, cancellation);
        }
        catch (HttpRequestException failure)
            when (failure.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new GoToProtocolException(
                new ApiFailure(request.Operation, failure.StatusCode, $"the reply exceeds {LargestReply} bytes"),
                inner: failure);
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(Retries.IsConnectFailure(failure) ? "no connection" : "the connection broke", failure);
        }
        catch (RateLimiterRejectedException refused)
        {
            throw new GoToRateLimitedException(
                new ApiFailure(
                    request.Operation, null, "the account's request budget is spent on more important requests",
                    "REQUEST_BUDGET"),
                refused.RetryAfter);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested
            && failure is TimeoutRejectedException or OperationCanceledException)
        {
            throw Unreachable("no reply in time", failure);
        }

        using (response)
        {
            body = await response.Content.ReadAsByteArrayAsync(cancellation);
            NoteDate(response);
            var took = _time.GetElapsedTime(started);
            Metrics.Request(request.Operation, (int)response.StatusCode, took);
            _log.Replied(request.Operation, (int)response.StatusCode, took.TotalMilliseconds);
            if (!response.IsSuccessStatusCode)
                throw Refused(response, body);
            return new ApiReply(request.Operation, response.StatusCode, Parse(response.StatusCode, body));
        }

        void NoteDate(HttpResponseMessage reply)
        {
            if (reply.Headers.Date is not { } date)
                return;
            Skew.Observe(date, _time.GetUtcNow());
            if (Skew.Estimate.Duration() > ClockSkew.Tolerated && Interlocked.Exchange(ref _skewTold, 1) == 0)
                _log.ClockSkewed(Skew.Estimate);
        }

        GoToUnavailableException Unreachable(string what, Exception failure)
        {
            Metrics.Request(request.Operation, null, _time.GetElapsedTime(started));
            var unknown = request.Repeat == RepeatClass.Never && !Retries.IsConnectFailure(failure);
            var detail = $"{what} ({request.Address.GetLeftPart(UriPartial.Authority)})";
            return new GoToUnavailableException(
                new ApiFailure(request.Operation, null, detail), unknown, inner: failure);
        }

        JsonElement? Parse(HttpStatusCode status, byte[] json)
        {
            if (json.AsSpan().Trim(" \r\n\t"u8).IsEmpty)
                return null;
            try
            {
                using var document = JsonDocument.Parse(json);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                // The failure itself is dropped: it quotes the reply, which may repeat what was sent.
                throw new GoToProtocolException(new ApiFailure(request.Operation, status, "the reply is not JSON"));
            }
        }

        GoToApiException Refused(HttpResponseMessage reply, byte[] error)
        {
            var said = ErrorBody.Read(error);
            ReadOnlySpan<string?> secrets =
            [
                token, account.Password, account.ClientSecret, account.PersonalAccessToken, request.BasicCredentials,
                .. request.Secrets,
            ];
            var failure = new ApiFailure(
                request.Operation,
                reply.StatusCode,
                Redaction.Scrub(said.Message, secrets),
                Redaction.Scrub(said.Code, secrets),
                Redaction.Scrub(said.Reference, secrets));
            return ErrorMap.ToException(failure, request.Repeat, Retries.RetryAfter(reply, _time.GetUtcNow()));
        }
    }
}
