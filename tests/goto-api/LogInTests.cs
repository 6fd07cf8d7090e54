using GoTo.Simulator.Cloud;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Api.Tests;

/// <summary>The grants, the ways of showing the client's secret, and missing scopes.</summary>
public sealed class LogInTests
{
    private const string Secret = "the-clients-secret";

    [Theory]
    [InlineData(ClientAuthentication.Basic)]
    [InlineData(ClientAuthentication.Body)]
    public async Task A_client_secret_is_shown_either_way(ClientAuthentication way)
    {
        await using var given = await Given.ACloud(WithAccount(CloudAccount.Demo with { ClientSecret = Secret }));
        given.Account.ClientSecret = Secret;
        given.Account.ClientAuthentication = way;

        var grant = await given.Api.Tokens(given.Account).LogIn(Given.Cancellation);
        var refreshed = await given.Api.Tokens(given.Account).Refresh(grant.RefreshToken!, Given.Cancellation);

        Assert.NotEqual(grant.AccessToken, refreshed.AccessToken);
        given.Account.ClientSecret = "wrong-secret";
        var refused = await Assert.ThrowsAsync<GoToAuthenticationException>(
            () => given.Api.Tokens(given.Account).LogIn(Given.Cancellation));
        Assert.Equal("invalid_client", refused.Code);
        Assert.DoesNotContain("wrong-secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_in_the_body_is_in_no_header()
    {
        using var cloud = new CannedCloud().Replies(200, """{"access_token":"a"}""");
        cloud.Account.ClientAuthentication = ClientAuthentication.Body;

        await cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation);

        var request = Assert.Single(cloud.Requests);
        Assert.Null(request.Authorization);
        Assert.EndsWith(
            $"client_id=client-1&client_secret={cloud.Account.ClientSecret}", request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_personal_access_token_logs_in_again_where_others_refresh()
    {
        await using var given = await Given.ACloud(new GoToCloudOptions { TokenLifetime = TimeSpan.FromSeconds(1) });
        given.Account.Grant = LogInGrant.PersonalAccessToken;
        given.Account.PersonalAccessToken = CloudAccount.Demo.PersonalAccessToken;
        given.Account.Username = given.Account.Password = "";
        Assert.Empty(given.Account.Validate("GoTo:Account"));

        var grant = await given.Api.Tokens(given.Account).LogIn(Given.Cancellation);
        await given.Dial("tel:+15551234567", "first");
        await given.Do("tokens/expire");
        await given.Dial("tel:+15551234567", "second");

        Assert.Equal(
            (null, null, CloudAccount.Demo.Username), (grant.RefreshToken, grant.AccountKey, grant.Principal));
        Assert.Equal((2, 0), (given.Tokens.LogIns, given.Tokens.Refreshes));
    }

    [Fact]
    public async Task A_refresh_token_is_replaced_after_sixty_percent_of_its_thirty_days_and_ends_with_them()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 16, 10, 30, 0, TimeSpan.Zero));
        await using var given = await Given.ACloud(cloudTime: time);
        var tokens = given.Api.Tokens(given.Account);
        var first = (await tokens.LogIn(Given.Cancellation)).RefreshToken!;

        time.Advance(TimeSpan.FromDays(17));
        Assert.Null((await tokens.Refresh(first, Given.Cancellation)).RefreshToken);
        time.Advance(TimeSpan.FromDays(1));
        var second = (await tokens.Refresh(first, Given.Cancellation)).RefreshToken!;

        Assert.NotEqual(first, second);
        Assert.True((await Assert.ThrowsAsync<GoToAuthenticationException>(() => tokens.Refresh(first, Given.Cancellation))).IsInvalidGrant);
        time.Advance(TimeSpan.FromDays(30));
        Assert.True((await Assert.ThrowsAsync<GoToAuthenticationException>(() => tokens.Refresh(second, Given.Cancellation))).IsInvalidGrant);
    }

    [Fact]
    public async Task A_client_that_may_not_log_in_by_password_is_told_so_and_logs_in_otherwise()
    {
        await using var given = await Given.ACloud(WithAccount(CloudAccount.Demo with { AllowsPassword = false }));

        var refused = await Assert.ThrowsAsync<GoToAuthenticationException>(
            () => given.Api.Tokens(given.Account).LogIn(Given.Cancellation));

        Assert.Equal(("unauthorized_client", false), (refused.Code, refused.IsInvalidGrant));
        given.Account.Grant = LogInGrant.PersonalAccessToken;
        given.Account.PersonalAccessToken = CloudAccount.Demo.PersonalAccessToken;
        Assert.NotNull((await given.Api.Tokens(given.Account).LogIn(Given.Cancellation)).AccessToken);
    }

    [Fact]
    public async Task A_wrong_personal_access_token_is_told_without_showing_it()
    {
        await using var given = await Given.ACloud();
        given.Account.Grant = LogInGrant.PersonalAccessToken;
        given.Account.PersonalAccessToken = "wrong-access-token";

        var refused = await Assert.ThrowsAsync<GoToAuthenticationException>(
            () => given.Api.Tokens(given.Account).LogIn(Given.Cancellation));

        Assert.True(refused.IsInvalidGrant);
        Assert.DoesNotContain("wrong-access-token", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            given.Log.Lines, line => line.Contains("wrong-access-token", StringComparison.Ordinal));
    }

    [Fact]
    public void A_grant_that_lacks_its_token_is_named()
    {
        var account = new GoToAccountOptions { ClientId = "c", Grant = LogInGrant.PersonalAccessToken };

        Assert.StartsWith(
            "GoTo:Account:PersonalAccessToken is missing", Assert.Single(account.Validate("GoTo:Account")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_scopes_are_named_at_the_first_login_and_refused_where_they_are_needed()
    {
        string[] some = ["webrtc.v1.write", "call-events.v1.notifications.manage"];
        await using var given = await Given.ACloud(WithAccount(CloudAccount.Demo with { Scopes = some }));

        var callId = await given.AnOutboundCall();
        var refused = await Assert.ThrowsAsync<GoToPermissionException>(
            () => given.Calls.Hold(callId, Given.Cancellation));

        Assert.Single(given.Log.Lines, line => line.Contains(
            "lacks the scopes call-control.v1.calls.write users.v1.lines.read users.v1.users.read;",
            StringComparison.Ordinal));
        Assert.Equal("AUTHZ_INSUFFICIENT_SCOPE", refused.Code);
        var client = given.Api.Tokens(given.Account);
        Assert.Equal(3, client.MissingScopes(some).Count);
        Assert.Empty(client.MissingScopes([]));
        given.Account.RequiredScopes = ["webrtc.v1.write"];
        Assert.Empty(client.MissingScopes(some));
    }

    [Fact]
    public async Task The_password_grant_is_warned_of_and_the_other_is_not()
    {
        using var cloud = new CannedCloud().Replies(200, """{"access_token":"a"}""");
        await cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation);
        cloud.Account.Grant = LogInGrant.PersonalAccessToken;
        cloud.Account.PersonalAccessToken = "p";

        await cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation);

        Assert.Single(cloud.Log.Lines, line => line.Contains("by password", StringComparison.Ordinal));
    }

    private static GoToCloudOptions WithAccount(CloudAccount account) => new() { Accounts = [account] };
}
