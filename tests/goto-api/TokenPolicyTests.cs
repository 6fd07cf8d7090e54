namespace GoTo.Api.Tests;

public sealed class TokenPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 16, 10, 0, 0, TimeSpan.Zero);
    private static readonly string[] Scopes = ["webrtc.v1.write"];

    [Theory]
    [InlineData(3600, 300)]
    [InlineData(1500, 300)]
    [InlineData(300, 60)]
    [InlineData(10, 2)]
    public void The_buffer_is_five_minutes_or_a_fifth_of_the_lifetime(int lifetime, int buffer) =>
        Assert.Equal(TimeSpan.FromSeconds(buffer), AccessTokenPolicy.Buffer(TimeSpan.FromSeconds(lifetime)));

    [Theory]
    [InlineData(3299, TokenStep.Use)]
    [InlineData(3300, TokenStep.Refresh)]
    [InlineData(4000, TokenStep.Refresh)]
    public void A_token_is_refreshed_before_it_ends(int age, TokenStep expected) =>
        Assert.Equal(expected, AccessTokenPolicy.Next(State(), Now.AddSeconds(age)));

    [Fact]
    public void A_token_of_a_minute_is_usable_for_most_of_it()
    {
        var state = TokenState.From(Grant(lifetime: 60), Now);

        Assert.Equal(TokenStep.Use, AccessTokenPolicy.Next(state, Now.AddSeconds(47)));
        Assert.Equal(TokenStep.Refresh, AccessTokenPolicy.Next(state, Now.AddSeconds(48)));
    }

    [Fact]
    public void Without_a_state_or_a_refresh_token_there_is_only_a_login()
    {
        Assert.Equal(TokenStep.LogIn, AccessTokenPolicy.Next(null, Now));
        Assert.Equal(
            TokenStep.LogIn, AccessTokenPolicy.Next(TokenState.From(Grant(refresh: null), Now), Now.AddHours(1)));
    }

    [Fact]
    public void A_refresh_reply_that_leaves_things_out_keeps_them()
    {
        var renewed = TokenState.From(
            new TokenGrant("access-2", null, TimeSpan.FromMinutes(30), []), Now.AddHours(1), State());

        Assert.Equal(
            State() with
            {
                AccessToken = "access-2", ObtainedAt = Now.AddHours(1), ExpiresAt = Now.AddMinutes(90),
            },
            renewed);
    }

    [Fact]
    public void A_rotated_refresh_token_replaces_the_old_one()
    {
        var renewed = TokenState.From(Grant(refresh: "refresh-2"), Now.AddHours(1), State());

        Assert.Equal("refresh-2", renewed.RefreshToken);
    }

    [Fact]
    public void A_rejected_token_is_refreshed_at_once()
    {
        var rejected = State().Reject("access-1", Now.AddMinutes(1));

        Assert.Equal(TokenStep.Refresh, AccessTokenPolicy.Next(rejected, Now.AddMinutes(1)));
        Assert.Equal("refresh-1", rejected.RefreshToken);
    }

    [Fact]
    public void A_late_rejection_of_an_earlier_token_changes_nothing() =>
        Assert.Equal(State(), State().Reject("access-0", Now.AddMinutes(1)));

    [Fact]
    public void Only_a_refused_grant_leads_to_a_new_login()
    {
        var failure = new ApiFailure("refresh", System.Net.HttpStatusCode.BadRequest, null, "invalid_grant");
        var refused = new GoToAuthenticationException(failure);
        var wrongClient = new GoToAuthenticationException(failure with { Code = "invalid_client" });
        var unreachable = new GoToUnavailableException(failure with { Code = null }, outcomeUnknown: false);

        Assert.Equal(TokenStep.LogIn, AccessTokenPolicy.AfterRefreshFailure(State(), refused, Now));
        Assert.Equal(TokenStep.Use, AccessTokenPolicy.AfterRefreshFailure(State(), unreachable, Now.AddMinutes(59)));
        Assert.Equal(TokenStep.Fail, AccessTokenPolicy.AfterRefreshFailure(State(), unreachable, Now.AddMinutes(60)));
        Assert.Equal(TokenStep.Fail, AccessTokenPolicy.AfterRefreshFailure(State(), wrongClient, Now.AddMinutes(60)));
    }

    [Fact]
    public void Neither_a_grant_nor_a_state_shows_its_tokens()
    {
        var texts = $"{Grant()} {State()}";

        Assert.DoesNotContain("access-1", texts, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh-1", texts, StringComparison.Ordinal);
    }

    private static TokenGrant Grant(string? refresh = "refresh-1", int lifetime = 3600) =>
        new("access-1", refresh, TimeSpan.FromSeconds(lifetime), Scopes, "account-1");

    private static TokenState State() => TokenState.From(Grant(), Now);
}
