using System.Net;
using System.Text;
using System.Text.Json;
using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>The event stream against the simulated cloud: it comes back from everything and leaves nothing behind.</summary>
public sealed class EventStreamTests
{
    [Theory]
    [InlineData(EventTokenPlacement.Header)]
    [InlineData(EventTokenPlacement.Query)]
    [InlineData(EventTokenPlacement.None)]
    public async Task Events_come_wherever_the_token_goes(EventTokenPlacement placement)
    {
        await using var given = await Given.ACloud();
        given.Account.EventToken = placement;
        await using var events = given.OpenEvents(Given.Quick);
        await events.Next<StreamConnected>();

        var callId = await given.AnInboundCall();

        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);
    }

    [Fact]
    public async Task A_cut_socket_is_opened_again_on_the_same_channel()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick);
        var first = await events.Next<StreamConnected>();

        await given.Do("sockets/drop");

        var lost = await events.Next<StreamDisconnected>();
        Assert.InRange(lost.RetryIn, Given.Quick.ShortestBackOff, Given.Quick.LongestBackOff);
        Assert.Equal(first, await events.Next<StreamConnected>());
        var callId = await given.AnInboundCall();
        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);
        Assert.Single(Subscriptions(await given.State()));
    }

    [Fact]
    public async Task A_stream_that_waits_to_connect_can_be_told_that_it_need_not()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick with
        {
            FirstBackOff = TimeSpan.FromHours(2), LongestBackOff = TimeSpan.FromHours(2), ShortestBackOff = TimeSpan.FromHours(1),
        });
        var first = await events.Next<StreamConnected>();
        await given.Do("sockets/drop");
        await events.Next<StreamDisconnected>();

        events.Stream.ConnectNow();

        Assert.Equal(first, await events.Next<StreamConnected>());
    }

    [Fact]
    public async Task A_socket_cut_again_and_again_comes_back_with_one_subscription()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick);
        await events.Next<StreamConnected>();

        for (var cut = 0; cut < 10; cut++)
        {
            await given.Do("sockets/drop", cut % 2 == 0 ? new { } : new { code = 1012 });
            await events.Next<StreamDisconnected>();
            await events.Next<StreamConnected>();
        }

        var callId = await given.AnInboundCall();
        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);
        Assert.Single(Subscriptions(await given.State()));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3600, false)]
    public async Task Waits_grow_unless_the_connection_held(int healthyAfterSeconds, bool staysShort)
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick with
        {
            FirstBackOff = TimeSpan.FromMilliseconds(8),
            LongestBackOff = TimeSpan.FromMilliseconds(500),
            HealthyAfter = TimeSpan.FromSeconds(healthyAfterSeconds),
        });
        await events.Next<StreamConnected>();
        var waits = new List<TimeSpan>();

        for (var cut = 0; cut < 8; cut++)
        {
            await given.Do("sockets/drop");
            waits.Add((await events.Next<StreamDisconnected>()).RetryIn);
            await events.Next<StreamConnected>();
        }

        Assert.Equal(staysShort, waits.Max() <= TimeSpan.FromMilliseconds(8));
    }

    [Fact]
    public async Task The_close_code_is_told()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick);
        await events.Next<StreamConnected>();

        await given.Do("sockets/drop", new { code = 1012 });

        Assert.Contains("(1012)", (await events.Next<StreamDisconnected>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_channel_is_replaced()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick);
        var first = await events.Next<StreamConnected>();

        await given.Do($"channels/{first.ChannelId}/expire");

        await events.Next<StreamDisconnected>();
        var second = await events.Next<StreamConnected>();
        Assert.NotEqual(first.ChannelId, second.ChannelId);
        Assert.False(second.Renewal);
        var callId = await given.AnInboundCall();
        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);
    }

    [Fact]
    public async Task A_channel_is_replaced_before_it_expires_and_no_event_is_lost()
    {
        await using var given = await Given.ACloud(
            new GoToCloudOptions { ChannelLifetime = TimeSpan.FromSeconds(2) });
        await using var events = given.OpenEvents(Given.Quick);
        var first = await events.Next<StreamConnected>();

        var expected = new List<string>();
        var renewed = events.Until<StreamConnected>(connected => connected.ChannelId != first.ChannelId);
        var second = await renewed;
        for (var call = 0; call < 20; call++)
            expected.Add(await given.AnInboundCall());
        var seen = new List<string>();
        while (seen.Distinct().Count() < expected.Count)
        {
            if (await events.Until<StreamEvent>() is { Event: CallRinging ringing })
                seen.Add(ringing.CallId);
        }

        Assert.True(second.Renewal);
        // Two sockets are read during the renewal: calls may overtake each other, none is missed or told twice.
        Assert.Equal(expected.Order(), seen.Order());
        await Wait.Until(async () => (await given.State()).GetProperty("channels").GetArrayLength() == 1);
    }

    [Fact]
    public async Task A_bad_message_is_told_and_the_stream_goes_on()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick with { LargestMessage = 100_000 });
        await events.Next<StreamConnected>();

        await Say("not json");
        await Say("""{"type":"call.ringing","data":{"from":"+1"}}""");
        await Say("binary", "application/octet-stream");
        await Say(new string('x', 200_000));
        await Say("""{"type":"call.new_fashion","data":{"callId":"c1"}}""");
        await Say("""{"type":"call.held","data":{"callId":"c1"}}""");

        Assert.Null((await events.NextEvent<InvalidEvent>()).Field);
        Assert.Equal("callId", (await events.NextEvent<InvalidEvent>()).Field);
        Assert.Contains("binary", (await events.NextEvent<InvalidEvent>()).Problem, StringComparison.Ordinal);
        Assert.Contains("100000 bytes", (await events.NextEvent<InvalidEvent>()).Problem, StringComparison.Ordinal);
        Assert.Equal("call.new_fashion", (await events.NextEvent<UnknownEvent>()).Type);
        Assert.Equal("c1", (await events.NextEvent<CallHeld>()).CallId);

        async Task Say(string text, string type = "text/plain")
        {
            using var content = new StringContent(text, Encoding.UTF8, type);
            content.Headers.ContentType!.CharSet = null;
            using var reply = await given.Sim.PostAsync("/_sim/sockets/send", content, Given.Cancellation);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Only_the_subscribed_types_and_lines_come()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Given.Quick with { EventTypes = [EventTypes.Connected] });
        await events.Next<StreamConnected>();
        await using var otherLine = given.OpenEvents(Given.Quick with { LineIds = ["line_demo2"] });
        await otherLine.Next<StreamConnected>();

        var callId = await given.AnInboundCall();
        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);

        Assert.Equal(callId, (await events.NextEvent<CallConnected>()).CallId);
        await otherLine.End(expectedItems: 0);
    }

    [Fact]
    public async Task A_disposed_stream_ends_and_leaves_no_channel_behind()
    {
        await using var given = await Given.ACloud();
        var events = given.OpenEvents(Given.Quick);
        await events.Next<StreamConnected>();

        await events.End(expectedItems: 0);

        Assert.Equal(0, (await given.State()).GetProperty("channels").GetArrayLength());
    }

    [Fact]
    public async Task A_stream_without_a_server_reports_and_stops_when_told()
    {
        var given = await Given.ACloud();
        await given.Cloud.DisposeAsync();
        var events = given.OpenEvents(Given.Quick);

        var lost = await events.Next<StreamDisconnected>();

        Assert.False(Assert.IsType<GoToUnavailableException>(lost.Cause).OutcomeUnknown);
        await events.DisposeAsync();
    }

    private static IEnumerable<JsonElement> Subscriptions(JsonElement state) =>
        state.GetProperty("channels").EnumerateArray()
            .SelectMany(channel => channel.GetProperty("subscriptions").EnumerateArray());
}
