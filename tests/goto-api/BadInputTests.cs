using System.Collections.Concurrent;
using System.Diagnostics;

namespace GoTo.Api.Tests;

/// <summary>Replies that are none: a typed error that says what to do, without a secret, and the stream goes on.</summary>
public sealed class BadInputTests
{
    public static TheoryData<int, string> Bodies
    {
        get
        {
            var bodies = new TheoryData<int, string>();
            foreach (var status in new[] { 400, 403, 404, 409, 422, 500 })
            {
                foreach (var body in new[] { "goto", "detail", "html", "truncated", "empty" })
                    bodies.Add(status, body);
            }

            return bodies;
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Each_error_body_is_a_typed_error_that_says_what_to_do(int status, string body)
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var callId = await given.AnOutboundCall();
        await events.NextEvent<CallConnected>();
        await given.Fault(new { path = "/blind-transfer", status, body });

        var failure = await Assert.ThrowsAnyAsync<GoToApiException>(
            () => given.Calls.BlindTransfer(callId, DialString.Parse("1002"), Given.Cancellation));

        Assert.Equal((status, "blind transfer"), ((int)failure.StatusCode!, failure.Operation));
        Assert.Equal(
            status switch
            {
                403 => typeof(GoToPermissionException),
                404 => typeof(GoToNotFoundException),
                409 => typeof(GoToConflictException),
                500 => typeof(GoToUnavailableException),
                _ => typeof(GoToRequestException),
            },
            failure.GetType());
        Assert.EndsWith(".", failure.Message.Trim(), StringComparison.Ordinal);
        if (body == "goto")
            Assert.NotNull(failure.Reference);
        await given.Calls.HangUp(callId, cancellation: Given.Cancellation);
        Assert.Equal(callId, (await events.NextEvent<CallEnded>()).CallId);
    }

    [Fact]
    public async Task A_page_of_a_proxy_in_place_of_a_reply_is_told_as_such()
    {
        using var cloud = new CannedCloud().Replies(200, "<html><body>Please log in</body></html>", "text/html");

        var failure = await Assert.ThrowsAsync<GoToProtocolException>(
            () => cloud.Calls.Get("c1", Given.Cancellation));

        Assert.Contains("no proxy answers in its place", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Marked secrets through every failure; then everything that came out is searched for them.</summary>
    [Fact]
    public async Task No_failure_shows_a_secret_anywhere()
    {
        var said = new ConcurrentQueue<string>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => said.Enqueue(
                $"{span.DisplayName} {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(traces);
        using var cloud = new CannedCloud();
        cloud.Account.PersonalAccessToken = "the-secret-personal-token";
        string[] secrets = [.. CannedCloud.Secrets, cloud.Account.PersonalAccessToken];
        var calls = cloud.Api.WebCalls(cloud.Account, new OneToken());
        // A server that repeats all that a request told it, in each shape, with each status.
        const string echo = "ECHO";
        var ofCalls = string.Join(' ', secrets.Except([CannedCloud.RefreshToken]));
        var ofLogIn = string.Join(' ', secrets.Except([CannedCloud.RefreshToken, CannedCloud.Token]));
        foreach (var status in new[] { 200, 400, 401, 403, 404, 409, 410, 415, 422, 429, 500, 502, 503, 504 })
        {
            foreach (var body in new[]
            {
                $$"""{"message":"{{echo}}","code":"X","reference":"{{echo}}"}""", $$"""{"error":"invalid_grant","error_description":"{{echo}}"}""",
                $$"""{"detail":"{{echo}}"}""", $"<html>{echo}</html>", echo, "{\"message\":\"" + echo,
            })
            {
                await Note(ofCalls, () => calls.Get("c1", Given.Cancellation));
                await Note(ofCalls, () => calls.Answer("c1", Sdp.Answer, Given.Cancellation));
                foreach (var grant in Enum.GetValues<LogInGrant>())
                {
                    cloud.Account.Grant = grant;
                    await Note(ofLogIn, () => cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation));
                    await Note($"{ofLogIn} {CannedCloud.RefreshToken}",
                        () => cloud.Api.Tokens(cloud.Account).Refresh(CannedCloud.RefreshToken, Given.Cancellation));
                }

                async Task Note<T>(string told, Func<Task<T>> request)
                {
                    cloud.Forget().Replies(status, body.Replace(echo, told, StringComparison.Ordinal), retryAfter: "60");
                    try
                    {
                        said.Enqueue($"{await request()}");
                    }
                    catch (GoToApiException failure)
                    {
                        said.Enqueue($"{failure} {failure.Code} {failure.Reference}");
                    }
                }
            }
        }

        Assert.True(said.Count > 500, $"only {said.Count} things were said");
        foreach (var line in said.Concat(cloud.Log.Lines))
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
    }

    private sealed class OneToken : IAccessTokenSource
    {
        public ValueTask<string> GetAccessToken(CancellationToken cancellation) => ValueTask.FromResult(CannedCloud.Token);

        public ValueTask Rejected(string token, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
