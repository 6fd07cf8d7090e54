using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>The life of notification channels: refreshed, replaced, limited, forgotten (decisions part c).</summary>
public sealed class ChannelTests
{
    [Fact]
    public async Task A_channel_lives_on_when_GoTo_asks_for_a_refresh()
    {
        await using var given = await APublicAccount(new GoToCloudOptions { ChannelRefresh = TimeSpan.FromMilliseconds(300) });
        await using var events = given.OpenEvents();
        var connected = await events.Next<StreamConnected>();
        var first = await Expiry(given);

        await Wait.Until(async () => string.CompareOrdinal(await Expiry(given), first) > 0);

        Assert.Equal(connected.ChannelId, (await Channel(given)).GetProperty("channelId").GetString());
        await HearsACall(given, events);
    }

    [Fact]
    public async Task A_channel_that_cannot_be_refreshed_is_replaced()
    {
        await using var given = await APublicAccount(new GoToCloudOptions { ChannelRefresh = TimeSpan.FromMilliseconds(300) });
        await given.Fault(new { path = "/notification-channel", method = "PUT", status = 404 });
        await using var events = given.OpenEvents();
        var first = await events.Next<StreamConnected>();

        var second = await events.Next<StreamConnected>();

        Assert.True(second.Renewal);
        Assert.NotEqual(first.ChannelId, second.ChannelId);
        await HearsACall(given, events);
    }

    [Fact]
    public async Task A_channel_that_is_to_be_closed_is_replaced_before_it_is()
    {
        await using var given = await APublicAccount(new GoToCloudOptions());
        await using var events = given.OpenEvents();
        var first = await events.Next<StreamConnected>();

        using var said = await given.Sim.PostAsync(
            "/_sim/sockets/send", new StringContent("WEBSOCKET_TO_BE_CLOSED"), Given.Cancellation);

        Assert.NotEqual(first.ChannelId, (await events.Next<StreamConnected>()).ChannelId);
        await HearsACall(given, events);
    }

    [Fact]
    public async Task A_channel_that_nobody_refreshes_ends()
    {
        await using var given = await APublicAccount(new GoToCloudOptions
        {
            ChannelRefresh = TimeSpan.FromMilliseconds(50), ChannelRefreshGrace = TimeSpan.FromMilliseconds(50),
        });

        await given.Api.CallEvents(given.Account, given.Tokens).CreateChannel(Given.Cancellation);

        await Wait.Until(async () => (await given.State()).GetProperty("channels").GetArrayLength() == 0);
    }

    [Fact]
    public async Task A_channel_without_a_socket_ends_after_a_while()
    {
        await using var given = await Given.ACloud(
            new GoToCloudOptions { ChannelInactivity = TimeSpan.FromMilliseconds(200) });
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();

        await given.Api.CallEvents(given.Account, given.Tokens).CreateChannel(Given.Cancellation);

        Assert.Equal(2, (await given.State()).GetProperty("channels").GetArrayLength());
        await Wait.Until(async () => (await given.State()).GetProperty("channels").GetArrayLength() == 1);
        Assert.True((await Channel(given)).GetProperty("connected").GetBoolean());
    }

    [Fact]
    public async Task An_account_has_so_many_channels_and_no_more()
    {
        await using var given = await Given.ACloud(new GoToCloudOptions { MostChannels = 1 });
        var channels = given.Api.CallEvents(given.Account, given.Tokens);
        var only = await channels.CreateChannel(Given.Cancellation);

        var refused = await Assert.ThrowsAsync<GoToConflictException>(() => channels.CreateChannel(Given.Cancellation));

        Assert.Equal("TOO_MANY_CHANNELS", refused.Code);
        await channels.DeleteChannel(only.Id, Given.Cancellation);
        await channels.CreateChannel(Given.Cancellation);
    }

    private static async Task<Given> APublicAccount(GoToCloudOptions options)
    {
        var given = await Given.ACloud(options);
        given.Account.Dialect = "goto-public";
        given.Account.OrganizationId = "org-1";
        given.Account.AccountKey = CloudAccount.Demo.Key;
        given.Account.Extensions = ["1001", "1002"];
        return given;
    }

    private static async Task HearsACall(Given given, EventReader events)
    {
        var callId = await given.AnInboundCall();
        await events.Until<StreamEvent>(item => item.Event is CallRinging ringing && ringing.CallId == callId);
    }

    private static async Task<System.Text.Json.JsonElement> Channel(Given given) =>
        Assert.Single((await given.State()).GetProperty("channels").EnumerateArray());

    private static async Task<string?> Expiry(Given given) => (await Channel(given)).GetProperty("expiresAt").GetString();
}
