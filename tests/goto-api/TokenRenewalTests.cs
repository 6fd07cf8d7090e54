using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>Tokens that are revoked, rotated, refused or cannot be had: what becomes of calls and event streams, and what is told of it.</summary>
public sealed class TokenRenewalTests
{
    [Fact]
    public async Task A_revoked_token_is_replaced_by_refresh_and_nothing_else_is_noticed()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick);
        var first = await events.Next<StreamConnected>();
        await given.Do("tokens/expire");

        var callId = await given.AnInboundCall();
        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);
        Assert.Equal((1, 1), (given.Tokens.LogIns, given.Tokens.Refreshes));

        await given.Do("tokens/expire");
        await given.Do("sockets/drop");
        await events.Until<StreamDisconnected>();
        Assert.Equal(first, await events.Next<StreamConnected>());
        Assert.Equal((1, 2), (given.Tokens.LogIns, given.Tokens.Refreshes));
    }

    [Fact]
    public async Task A_revoked_refresh_token_leads_to_one_new_login()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnInboundCall();
        await given.Calls.Get(callId, Given.Cancellation);
        await given.Do("tokens/expire", new { refreshTokens = true });

        await given.Calls.Get(callId, Given.Cancellation);

        Assert.Equal((2, 1), (given.Tokens.LogIns, given.Tokens.Refreshes));
    }

    [Fact]
    public async Task A_rotated_refresh_token_is_used_the_next_time()
    {
        await using var given = await Given.ACloud(new GoToCloudOptions { RefreshTokenRotatesAfter = 0 });
        var callId = await given.AnInboundCall();
        for (var round = 0; round < 3; round++)
        {
            await given.Calls.Get(callId, Given.Cancellation);
            await given.Do("tokens/expire");
        }

        await given.Calls.Get(callId, Given.Cancellation);

        Assert.Equal((1, 3), (given.Tokens.LogIns, given.Tokens.Refreshes));
    }

    [Theory]
    [InlineData("Password", "invalid_grant")]
    [InlineData("Username", "invalid_grant")]
    [InlineData("ClientId", "invalid_client")]
    public async Task A_wrong_credential_is_told_and_tried_again_without_showing_it(string setting, string code)
    {
        await using var given = await Given.ACloud();
        const string wrong = "wrong-and-secret";
        typeof(GoToAccountOptions).GetProperty(setting)!.SetValue(given.Account, wrong);
        await using var events = given.OpenEvents(Given.Quick);

        var first = await events.Next<StreamDisconnected>();
        var second = await events.Next<StreamDisconnected>();

        var refused = Assert.IsType<GoToAuthenticationException>(first.Cause);
        Assert.Equal(("log in", code), (refused.Operation, refused.Code));
        Assert.IsType<GoToAuthenticationException>(second.Cause);
        Assert.DoesNotContain(wrong, $"{first} {second}", StringComparison.Ordinal);
        Assert.All(given.Log.Lines, line => Assert.DoesNotContain(wrong, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disposed_stream_cleans_up_even_when_its_token_source_is_gone()
    {
        await using var given = await Given.ACloud();
        var tokens = new VanishingTokens(given.Tokens);
        var events = new EventReader(given.Api.OpenEventStream(given.Account, tokens, Given.Quick));
        await events.Next<StreamConnected>();
        tokens.IsGone = true;

        await events.End(expectedItems: 0);

        Assert.Equal(0, (await given.State()).GetProperty("channels").GetArrayLength());
    }

    [Fact]
    public async Task A_token_source_that_fails_is_reported_and_asked_again()
    {
        await using var given = await Given.ACloud();
        var tokens = new VanishingTokens(given.Tokens) { IsGone = true };
        await using var events = new EventReader(given.Api.OpenEventStream(given.Account, tokens, Given.Quick));

        Assert.IsType<TimeoutException>((await events.Next<StreamDisconnected>()).Cause);
        tokens.IsGone = false;
        await events.Until<StreamConnected>();
    }

    [Fact]
    public async Task Neither_password_nor_token_is_logged_on_any_path()
    {
        await using var given = await Given.ACloud();
        given.Account.EventToken = EventTokenPlacement.Query;
        await using var events = given.OpenEvents(Given.Quick);
        var connected = await events.Next<StreamConnected>();
        await given.Do("sockets/drop");
        await events.Until<StreamConnected>();
        await given.Do($"channels/{connected.ChannelId}/expire");
        await events.Until<StreamConnected>();
        await given.Do("tokens/expire");
        await given.Do("sockets/drop", new { code = 4401 });
        await events.Until<StreamConnected>();
        await events.End();

        Assert.NotEmpty(given.Log.Lines);
        Assert.All(given.Log.Lines, line =>
        {
            Assert.DoesNotContain(given.Account.Password, line, StringComparison.Ordinal);
            Assert.DoesNotContain("simat_", line, StringComparison.Ordinal);
            Assert.DoesNotContain("simrt_", line, StringComparison.Ordinal);
        });
    }

    /// <summary>Tokens whose owner can go away, as a grain does with its silo.</summary>
    private sealed class VanishingTokens(IAccessTokenSource source) : IAccessTokenSource
    {
        public volatile bool IsGone;

        public ValueTask<string> GetAccessToken(CancellationToken cancellation) =>
            IsGone ? throw new TimeoutException("the owner is gone") : source.GetAccessToken(cancellation);

        public ValueTask Rejected(string token, CancellationToken cancellation) =>
            IsGone ? throw new TimeoutException("the owner is gone") : source.Rejected(token, cancellation);
    }
}
