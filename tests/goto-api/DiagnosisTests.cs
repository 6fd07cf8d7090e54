using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>What <c>goto diagnose</c> finds, and that it leaves nothing behind.</summary>
public sealed class DiagnosisTests
{
    private static readonly string[] All =
    [
        "settings", "token", "scopes", "web calls", "lines", "channel", "socket", "subscription", "event round trip",
        "clock",
    ];

    [Fact]
    public async Task A_good_account_passes_and_nothing_is_left_behind()
    {
        await using var given = await Given.ACloud();
        given.Account.Grant = LogInGrant.PersonalAccessToken;
        given.Account.PersonalAccessToken = CloudAccount.Demo.PersonalAccessToken;
        given.Account.AccountKey = CloudAccount.Demo.Key;

        var steps = await Diagnose(given, new DiagnosisOptions { Call = DialString.Parse("+15551234567") });

        Assert.Equal(All, steps.Select(step => step.Name));
        Assert.All(steps, step => Assert.Equal((DiagnosisResult.Passed, null), (step.Result, step.Advice)));
        var state = await given.State();
        Assert.Equal(0, state.GetProperty("channels").GetArrayLength());
        Assert.Equal("ended", state.GetProperty("calls")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Without_a_number_nobody_is_called()
    {
        await using var given = await Given.ACloud();

        var steps = await Diagnose(given);

        Assert.Equal(DiagnosisResult.Skipped, Step(steps, "event round trip").Result);
        Assert.Equal(DiagnosisResult.Warning, Step(steps, "token").Result);
        Assert.Equal(0, await given.CallCount());
    }

    [Fact]
    public async Task A_wrong_password_is_the_finding_and_what_follows_is_not_tried()
    {
        await using var given = await Given.ACloud();
        given.Account.Password = "wrong-and-secret";

        var steps = await Diagnose(given);

        Assert.Equal(DiagnosisResult.Failed, Step(steps, "token").Result);
        Assert.Contains("credentials", Step(steps, "token").Advice, StringComparison.Ordinal);
        Assert.All(steps.Skip(2).SkipLast(1), step => Assert.Equal(DiagnosisResult.Skipped, step.Result));
        Assert.DoesNotContain(steps, step => step.ToString().Contains("wrong-and-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_scope_is_named_and_the_step_that_needs_it_fails()
    {
        await using var given = await Given.ACloud(new GoToCloudOptions
        {
            Accounts = [CloudAccount.Demo with { Scopes = ["webrtc.v1.write"] }],
        });

        var steps = await Diagnose(given);

        Assert.Contains("call-events.v1.notifications.manage", Step(steps, "scopes").Detail, StringComparison.Ordinal);
        Assert.Equal(DiagnosisResult.Passed, Step(steps, "web calls").Result);
        Assert.Equal(DiagnosisResult.Failed, Step(steps, "lines").Result);
        Assert.Equal(DiagnosisResult.Failed, Step(steps, "channel").Result);
        Assert.Equal(DiagnosisResult.Skipped, Step(steps, "socket").Result);
    }

    [Theory]
    [InlineData("/web-calls", "web calls")]
    [InlineData("/lines", "lines")]
    [InlineData("/channels", "channel")]
    [InlineData("/v1/notifications?", "socket")]
    [InlineData("/subscriptions", "subscription")]
    public async Task Each_step_that_fails_says_what_to_do_and_the_channel_is_deleted(string path, string name)
    {
        await using var given = await Given.ACloud();
        path = path.TrimEnd('?');
        await given.Fault(new { path, method = name is "web calls" or "lines" or "socket" ? "GET" : "POST", status = 403 });

        var step = Step(await Diagnose(given), name);

        Assert.Equal(DiagnosisResult.Failed, step.Result);
        Assert.False(string.IsNullOrEmpty(step.Advice));
        Assert.Equal(0, (await given.State()).GetProperty("channels").GetArrayLength());
    }

    [Fact]
    public async Task A_cloud_that_is_not_there_is_told()
    {
        var given = await Given.ACloud();
        await given.Cloud.DisposeAsync();

        var step = Step(await Diagnose(given), "token");

        Assert.Equal(DiagnosisResult.Failed, step.Result);
        Assert.Contains("no connection", step.Detail, StringComparison.Ordinal);
    }

    private static DiagnosisStep Step(IReadOnlyList<DiagnosisStep> steps, string name) =>
        steps.Single(step => step.Name == name);

    private static async Task<IReadOnlyList<DiagnosisStep>> Diagnose(Given given, DiagnosisOptions? options = null)
    {
        var steps = new List<DiagnosisStep>();
        await foreach (var step in given.Api.Diagnose(given.Account, options: options, cancellation: Given.Cancellation))
            steps.Add(step);
        return steps;
    }
}
