using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using GoTo.Simulator.Cloud;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Api.Tests;

/// <summary>The simulated cloud's rate limits (specification section 9, decisions part c), on its own clock.</summary>
public sealed class RateLimitTests
{
    private const string Calls = "/web-calls/v1/calls/none";
    private const string Lines = "/users/v1/accounts/1234567890/lines";
    private static readonly DateTimeOffset Start = new(2026, 1, 16, 10, 30, 0, 250, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public async Task In_any_minute_each_category_takes_as_many_requests_as_the_specification_says()
    {
        await using var given = await ACloud(CloudRateLimits.Arch002);
        var token = await Token(given);

        Assert.Equal(100, await Taken(given, Calls, token, 105));
        Assert.Equal(60, await Taken(given, Lines, token, 65));
        Assert.Equal(100, await Taken(given, "/call-events/v1/notifications/none", token, 105));
    }

    [Fact]
    public async Task The_window_slides_and_refused_requests_do_not_count()
    {
        await using var given = await ACloud(CloudRateLimits.Arch002);
        var token = await Token(given);
        Assert.Equal(30, await Taken(given, Lines, token, 30));
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(30, await Taken(given, Lines, token, 90));

        _time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Equal(0, await Taken(given, Lines, token, 1));
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(30, await Taken(given, Lines, token, 90));
    }

    [Fact]
    public async Task Each_token_has_a_window_of_its_own()
    {
        await using var given = await ACloud(CloudRateLimits.Arch002);
        var (first, second) = (await Token(given), await Token(given));

        Assert.Equal(60, await Taken(given, Lines, first, 61));
        Assert.Equal(60, await Taken(given, Lines, second, 61));
    }

    [Fact]
    public async Task The_eleventh_token_request_of_a_minute_is_refused()
    {
        await using var given = await ACloud(CloudRateLimits.Arch002);
        for (var request = 0; request < 10; request++)
            await Token(given);

        using var refused = await LogIn(given);
        _time.Advance(TimeSpan.FromMinutes(1));
        using var taken = await LogIn(given);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task The_public_API_takes_ten_a_second_for_each_API()
    {
        await using var given = await ACloud(CloudRateLimits.GoToPublic);
        var token = await Token(given);

        Assert.Equal(10, await Taken(given, Calls, token, 12));
        Assert.Equal(10, await Taken(given, "/users/v1/lines", token, 12));
        Assert.Equal(10, await Taken(given, "/notification-channel/v1/channels/none", token, 12));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, await Taken(given, Calls, token, 12));
    }

    [Theory]
    [InlineData("seconds")]
    [InlineData("date")]
    [InlineData("absent")]
    public async Task Retry_After_has_three_forms_and_who_waits_as_told_is_taken(string form)
    {
        await using var given = await ACloud(CloudRateLimits.Off);
        var token = await Token(given);
        Assert.Equal(200, await Taken(given, Lines, token, 200));
        await given.Do("limits", new { limits = "arch-002", retryAfter = form });
        Assert.Equal(60, await Taken(given, Lines, token, 60));
        _time.Advance(TimeSpan.FromSeconds(12.5));

        using var refused = await Get(given, Lines, token);
        var asked = refused.Headers.RetryAfter;

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains(
            "TOO_MANY_REQUESTS", await refused.Content.ReadAsStringAsync(Given.Cancellation), StringComparison.Ordinal);
        switch (form)
        {
            case "seconds":
                Assert.Equal(TimeSpan.FromSeconds(48), asked!.Delta);
                _time.Advance(asked.Delta!.Value);
                break;
            case "date":
                Assert.Equal(
                    "Fri, 16 Jan 2026 10:31:01 GMT", asked!.Date!.Value.ToString("R", CultureInfo.InvariantCulture));
                _time.SetUtcNow(asked.Date.Value);
                break;
            default:
                Assert.Null(asked);
                return;
        }

        Assert.Equal(1, await Taken(given, Lines, token, 1));
    }

    [Fact]
    public async Task The_client_waits_as_told_and_the_request_is_carried_out()
    {
        await using var given = await Given.ACloud(
            new GoToCloudOptions { RateLimits = CloudRateLimits.GoToPublic });
        for (var request = 0; request < 10; request++)
            await given.Dial("tel:+15551234567", $"dial-{request}");

        await given.Dial("tel:+15551234567", "one more");

        Assert.Equal(11, await given.CallCount());
    }

    private Task<Given> ACloud(CloudRateLimits limits) =>
        Given.ACloud(new GoToCloudOptions { RateLimits = limits }, cloudTime: _time);

    private static Task<HttpResponseMessage> LogIn(Given given) => given.Sim.PostAsync(
        "/oauth/token",
        new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password",
            ["client_id"] = CloudAccount.Demo.ClientId,
            ["username"] = CloudAccount.Demo.Username,
            ["password"] = CloudAccount.Demo.Password,
        }),
        Given.Cancellation);

    private static async Task<string> Token(Given given)
    {
        using var reply = await LogIn(given);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        using var body = System.Text.Json.JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Given.Cancellation));
        return body.RootElement.GetProperty("access_token").GetString()!;
    }

    private static async Task<int> Taken(Given given, string path, string token, int requests)
    {
        var taken = 0;
        for (var request = 0; request < requests; request++)
        {
            using var reply = await Get(given, path, token);
            if (reply.StatusCode != HttpStatusCode.TooManyRequests)
                taken++;
        }

        return taken;
    }

    private static Task<HttpResponseMessage> Get(Given given, string path, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return given.Sim.SendAsync(request, Given.Cancellation);
    }
}
