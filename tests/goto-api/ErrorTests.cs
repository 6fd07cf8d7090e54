using System.Net;

namespace GoTo.Api.Tests;

/// <summary>
/// Which exception tells which refusal, from every shape of error body, and never with a secret in it.
/// </summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData(400, typeof(GoToRequestException))]
    [InlineData(403, typeof(GoToPermissionException))]
    [InlineData(404, typeof(GoToNotFoundException))]
    [InlineData(405, typeof(GoToRequestException))]
    [InlineData(409, typeof(GoToConflictException))]
    [InlineData(410, typeof(GoToNotFoundException))]
    [InlineData(415, typeof(GoToRequestException))]
    [InlineData(422, typeof(GoToRequestException))]
    [InlineData(302, typeof(GoToProtocolException))]
    public async Task Each_status_has_its_exception(int status, Type expected)
    {
        using var cloud = new CannedCloud().Replies(status, """{"message":"no"}""");

        var failure = await Assert.ThrowsAsync(expected, () => Answer(cloud));

        var known = Assert.IsAssignableFrom<GoToApiException>(failure);
        Assert.Equal(("answer call", (HttpStatusCode?)status), (known.Operation, known.StatusCode));
        Assert.Single(cloud.Requests);
    }

    [Theory]
    [InlineData("""{"message":"call is over","code":"CALL_ENDED"}""", "call is over", "CALL_ENDED", null)]
    [InlineData("""
        {"reference":"r-1","errorCode":"CALL_ENDED","message":"call is over","constraintViolations":[]}
        """, "call is over", "CALL_ENDED", "r-1")]
    [InlineData("""
        {"message":"bad","constraintViolations":[{"field":"sdp","description":"too long"}]}
        """, "bad (too long)", null, null)]
    [InlineData("""{"error":"over","error_description":"call is over"}""", "call is over", "over", null)]
    [InlineData("""{"error":{"code":"OVER","message":"call is over"}}""", "call is over", "OVER", null)]
    [InlineData("""{"detail":"call is over"}""", "call is over", null, null)]
    [InlineData("""{"detail":[{"loc":["body"],"msg":"field required"}]}""", "field required", null, null)]
    [InlineData("""[{"message":"call is over"}]""", "call is over", null, null)]
    [InlineData("call is over", "call is over", null, null)]
    [InlineData("<html><head><title>502</title></head></html>", "HTML", null, null)]
    [InlineData("{\"message\":\"cut", "broken JSON", null, null)]
    [InlineData("", "", null, null)]
    public async Task Each_shape_of_error_body_is_read(string body, string said, string? code, string? reference)
    {
        using var cloud = new CannedCloud().Replies(409, body);

        var conflict = await Assert.ThrowsAsync<GoToConflictException>(() => Answer(cloud));

        Assert.Contains(said, conflict.Message, StringComparison.Ordinal);
        Assert.Equal((code, reference), (conflict.Code, conflict.Reference));
    }

    [Theory]
    [InlineData("<html>sign in to the hotel's network</html>", "text/html")]
    [InlineData("""{"callId":"c1","state":""", "application/json")]
    [InlineData("[]", "application/json")]
    public async Task A_success_that_cannot_be_read_is_a_protocol_error(string body, string type)
    {
        using var cloud = new CannedCloud().Replies(200, body, type);

        await Assert.ThrowsAsync<GoToProtocolException>(() => Answer(cloud));
    }

    [Fact]
    public async Task A_reply_without_end_is_not_read_to_the_end()
    {
        using var cloud = new CannedCloud().Replies(200, new string(' ', ApiTransport.LargestReply + 1));

        await Assert.ThrowsAsync<GoToProtocolException>(() => Answer(cloud));
    }

    [Theory]
    [InlineData(204, "")]
    [InlineData(202, "{}")]
    [InlineData(200, "null")]
    public async Task A_success_that_says_nothing_tells_the_call_and_no_more(int status, string body)
    {
        using var cloud = new CannedCloud().Replies(status, body);

        if (body == "null")
            await Assert.ThrowsAsync<GoToProtocolException>(() => Answer(cloud));
        else
            Assert.Equal(new CallSnapshot { CallId = "c1" }, await Answer(cloud));
    }

    [Fact]
    public async Task An_unknown_state_is_kept_as_it_came()
    {
        using var cloud = new CannedCloud().Replies(200, """
            {"callId":"c1","state":"levitating","direction":"sideways","from":null,"to":"tel:+15551234567","extra":{}}
            """);

        Assert.Equal(
            new CallSnapshot
            {
                CallId = "c1", State = CallState.Unknown, RawState = "levitating", Direction = CallDirection.Unknown,
                To = "+15551234567",
            },
            await Answer(cloud));
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once_and_the_request_repeated()
    {
        using var cloud = new CannedCloud()
            .Replies(401, """{"errorCode":"AUTHN_EXPIRED_TOKEN"}""")
            .Replies(200, """{"callId":"c1","state":"connected"}""");

        var answered = await Answer(cloud);

        Assert.Equal(CallState.Connected, answered.State);
        Assert.Equal([CannedCloud.Token], cloud.RejectedTokens);
        Assert.Equal(
            [$"Bearer {CannedCloud.Token}", $"Bearer {CannedCloud.Token}-1"],
            cloud.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public async Task A_second_refusal_is_final()
    {
        using var cloud = new CannedCloud().Replies(401, """{"errorCode":"AUTHN_INVALID_TOKEN","reference":"r-9"}""");

        var refused = await Assert.ThrowsAsync<GoToAuthenticationException>(() => Answer(cloud));

        Assert.Equal(("AUTHN_INVALID_TOKEN", "r-9"), (refused.Code, refused.Reference));
        Assert.Equal(2, cloud.Requests.Count);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"wrong"}""", "invalid_grant", true)]
    [InlineData(401, """{"error":"invalid_grant"}""", "invalid_grant", true)]
    [InlineData(401, """{"error":"invalid_client","error_description":"client not found"}""", "invalid_client", false)]
    [InlineData(400, """{"error":"unauthorized_client"}""", "unauthorized_client", false)]
    public async Task A_refused_login_says_why(int status, string body, string code, bool invalidGrant)
    {
        using var cloud = new CannedCloud().Replies(status, body);

        var refused = await Assert.ThrowsAsync<GoToAuthenticationException>(
            () => cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation));

        Assert.Equal((code, invalidGrant), (refused.Code, refused.IsInvalidGrant));
        Assert.Single(cloud.Requests);
    }

    [Theory]
    [InlineData("{}", "access_token")]
    [InlineData("""{"access_token":"","expires_in":3600}""", "access_token")]
    [InlineData("""{"access_token":"a","expires_in":0}""", "expires_in")]
    public async Task A_grant_without_a_usable_token_is_a_protocol_error(string body, string field)
    {
        using var cloud = new CannedCloud().Replies(200, body);

        var broken = await Assert.ThrowsAsync<GoToProtocolException>(
            () => cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation));

        Assert.Equal(field, broken.Field);
    }

    [Theory]
    [InlineData("""{"channelId":"ch_1"}""", "websocketUrl")]
    [InlineData("""{"websocketUrl":"wss://goto.example/ws"}""", "channelId")]
    [InlineData("""{"channelId":"ch_1","websocketUrl":"/ws"}""", "websocketUrl")]
    [InlineData("""{"channelId":"ch_1","websocketUrl":"https://goto.example/ws"}""", "websocketUrl")]
    [InlineData("""{"channelId":"ch_1","websocketUrl":"ws://goto.example/ws"}""", "websocketUrl")]
    [InlineData("""{"channelId":"ch_1","websocketUrl":"wss://evil.invalid/ws"}""", "websocketUrl")]
    public async Task A_channel_that_leads_nowhere_good_is_refused(string body, string field)
    {
        using var cloud = new CannedCloud().Replies(200, body);

        var broken = await Assert.ThrowsAsync<GoToProtocolException>(
            () => cloud.Api.CallEvents(cloud.Account, cloud).CreateChannel(Given.Cancellation));

        Assert.Equal(field, broken.Field);
    }

    [Fact]
    public async Task A_channel_may_tell_its_end_or_its_lifetime()
    {
        using var cloud = new CannedCloud()
            .Replies(200, """
                {"channelId":"ch_1","websocketUrl":"wss://realtime.goto.example/ws?a=1",
                "expiresAt":"2026-01-16T11:30:00Z"}
                """)
            .Replies(201, """{"channelId":"ch_2","websocketUrl":"wss://goto.example/ws","channelLifetime":10800}""");
        var events = cloud.Api.CallEvents(cloud.Account, cloud);

        Assert.Equal(
            new NotificationChannel(
                "ch_1",
                new Uri("wss://realtime.goto.example/ws?a=1"),
                new DateTimeOffset(2026, 1, 16, 11, 30, 0, TimeSpan.Zero)),
            await events.CreateChannel(Given.Cancellation));
        var lasting = await events.CreateChannel(Given.Cancellation);
        var left = lasting.ExpiresAt!.Value - cloud.Time.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromHours(2.9), TimeSpan.FromHours(3));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(409)]
    [InlineData(422)]
    [InlineData(501)]
    public async Task No_secret_that_a_server_echoes_gets_into_an_exception_or_a_log(int status)
    {
        var echo = $$"""
            {"message":"password={{CannedCloud.Password}} {{CannedCloud.Token}} {{CannedCloud.ClientSecret}}
            {{CannedCloud.RefreshToken}} Authorization: Bearer abcdefghijklmnop eyJhbGciOiJIUzI1NiJ9.e30.sig",
            "code":"{{CannedCloud.Token}}","reference":"{{CannedCloud.Password}}"}
            """.ReplaceLineEndings(" ");
        using var cloud = new CannedCloud().Replies(status, echo);
        var failures = new List<Exception>
        {
            await Failure(() => Answer(cloud)),
            await Failure(() => cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation)),
            await Failure(() => cloud.Api.Tokens(cloud.Account).Refresh(CannedCloud.RefreshToken, Given.Cancellation)),
        };

        var texts = string.Join('\n', [.. failures.Select(Everything), .. cloud.Log.Lines]);

        Assert.Contains("[redacted]", texts, StringComparison.Ordinal);
        Assert.All(
            [CannedCloud.Password, CannedCloud.ClientSecret, "abcdefghijklmnop", "eyJhbGci"],
            secret => Assert.DoesNotContain(secret, texts, StringComparison.Ordinal));
        Assert.DoesNotContain(CannedCloud.Token, Everything(failures[0]), StringComparison.Ordinal);
        Assert.DoesNotContain(CannedCloud.RefreshToken, Everything(failures[2]), StringComparison.Ordinal);
        Assert.DoesNotContain(
            CannedCloud.Token, string.Join('\n', cloud.Log.Lines), StringComparison.Ordinal);

        static string Everything(Exception failure) =>
            failure is GoToApiException known ? $"{failure} {known.Code} {known.Reference}" : failure.ToString();
    }

    private static Task<CallSnapshot> Answer(CannedCloud cloud) =>
        cloud.Calls.Answer("c1", Sdp.Answer, Given.Cancellation);

    private static async Task<Exception> Failure(Func<Task> action) =>
        await Record.ExceptionAsync(action) ?? throw new InvalidOperationException("It was to fail.");
}
