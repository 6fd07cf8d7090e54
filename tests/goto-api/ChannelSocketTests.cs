using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace GoTo.Api.Tests;

/// <summary>The simulator's end of the event WebSocket.</summary>
public sealed class ChannelSocketTests
{
    private const int Clouds = 16;
    private const int Sockets = 100;

    /// <summary>Many at once, since an event that slips through does so between two instructions of a busy server.</summary>
    [Fact]
    public Task A_socket_hears_every_event_from_the_moment_it_is_open() =>
        Task.WhenAll(Enumerable.Range(0, Clouds).Select(_ => Task.Run(EachHearsACall)));

    [Fact]
    public async Task A_second_socket_on_a_channel_evicts_the_first()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick);
        var connected = await events.Next<StreamConnected>();
        using var intruder = new ClientWebSocket();
        await intruder.ConnectAsync(
            new UriBuilder(given.Cloud.BaseUrl)
            {
                Scheme = "ws", Path = "/v1/notifications", Query = $"channelId={connected.ChannelId}",
            }.Uri,
            Given.Cancellation);

        Assert.Contains("(4409)", (await events.Next<StreamDisconnected>()).Reason, StringComparison.Ordinal);
        Assert.NotEqual(connected.ChannelId, (await events.Next<StreamConnected>()).ChannelId);
    }

    [Theory]
    [InlineData("?channelId=ch_none", HttpStatusCode.NotFound)]
    [InlineData("?channelId=ch_none&token=wrong", HttpStatusCode.Unauthorized)]
    public async Task The_simulator_refuses_a_socket_it_cannot_serve(string query, HttpStatusCode expected)
    {
        await using var given = await Given.ACloud();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(
            new Uri(new UriBuilder(given.Cloud.BaseUrl) { Scheme = "ws" }.Uri, $"/v1/notifications{query}"),
            Given.Cancellation));

        Assert.Equal(expected, socket.HttpStatusCode);
    }

    private static async Task EachHearsACall()
    {
        await using var given = await Given.ACloud();
        var client = given.Api.CallEvents(given.Account, given.Tokens);
        var channel = await client.CreateChannel(Given.Cancellation);
        await client.Subscribe(channel.Id, null, null, Given.Cancellation);
        var address = new Uri($"ws://{given.Cloud.BaseUrl.Authority}/v1/notifications?channelId={channel.Id}");
        var buffer = new byte[64 * 1024];

        for (var round = 0; round < Sockets; round++)
        {
            // Each takes the channel from the one before it.
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(address, Given.Cancellation);
            var callId = await given.AnInboundCall();

            var heard = await socket.ReceiveAsync(buffer, Given.Cancellation)
                .WaitAsync(TimeSpan.FromSeconds(20), Given.Cancellation);

            Assert.Contains(callId, Encoding.UTF8.GetString(buffer, 0, heard.Count), StringComparison.Ordinal);
        }
    }
}
