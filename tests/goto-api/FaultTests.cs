using System.Net;
using System.Net.Http.Json;
using GoTo.Simulator.Cloud;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Api.Tests;

/// <summary>What the client makes of a cloud in which things go wrong (decisions part c).</summary>
public sealed class FaultTests
{
    private static readonly EventStreamOptions Hasty = new()
    {
        FirstBackOff = TimeSpan.FromMilliseconds(40), ShortestBackOff = TimeSpan.FromMilliseconds(10), Seed = 1,
    };

    [Theory]
    [InlineData("seconds")]
    [InlineData("date")]
    [InlineData(null)]
    public async Task A_dial_that_is_put_off_is_placed_once_whatever_form_Retry_After_has(string? form)
    {
        await using var given = await Given.ACloud();
        await given.Fault(new { path = "/web-calls/v1/calls", status = 429, retryAfter = form });

        var call = await given.Dial("tel:+15551234567");

        Assert.Equal(CallState.Dialing, call.State);
        Assert.Equal(1, await given.CallCount());
    }

    [Fact]
    public async Task A_long_Retry_After_is_told_to_the_caller()
    {
        await using var given = await Given.ACloud();
        await given.Fault(new { path = "/calls", status = 429, retryAfter = "seconds", retryAfterSeconds = 60 });

        var limited = await Assert.ThrowsAsync<GoToRateLimitedException>(() => given.Dial("tel:+15551234567"));

        Assert.Equal((TimeSpan.FromMinutes(1), "INJECTED_FAULT"), (limited.RetryAfter, limited.Code));
        Assert.Equal(0, await given.CallCount());
    }

    [Theory]
    [InlineData("goto", "A fault on request.")]
    [InlineData("detail", "A fault on request.")]
    [InlineData("html", "probably of a proxy")]
    [InlineData("truncated", "broken JSON")]
    [InlineData("empty", "HTTP 502")]
    public async Task Every_error_body_becomes_a_clear_error(string body, string says)
    {
        await using var given = await Given.ACloud();
        await given.Fault(new { path = "/calls", status = 502, body });

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(() => given.Dial("tel:+15551234567"));

        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Equal((true, HttpStatusCode.BadGateway), (failure.OutcomeUnknown, failure.StatusCode));
        Assert.Equal(0, await given.CallCount());
    }

    [Fact]
    public async Task A_dial_whose_reply_is_lost_exists_once_and_is_found_again_by_its_key()
    {
        await using var given = await Given.ACloud();
        await given.Fault(new { path = "/calls", method = "POST", drop = true, carryOut = true });

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(() => given.Dial("tel:+15551234567"));
        Assert.True(failure.OutcomeUnknown);
        Assert.Equal(1, await given.CallCount());
        var call = await given.Dial("tel:+15551234567");

        Assert.Equal(CallState.Dialing, call.State);
        Assert.Equal(1, await given.CallCount());
    }

    [Fact]
    public async Task A_dial_whose_reply_is_too_slow_is_not_repeated()
    {
        // Ten seconds of the client's patience pass in half a second.
        await using var given = await Given.ACloud(clientTime: new HurriedTime());
        await given.Fault(new { path = "/calls", method = "POST", delayMs = 20_000 });

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(() => given.Dial("tel:+15551234567"));

        Assert.True(failure.OutcomeUnknown);
        Assert.Equal(1, await given.CallCount());
    }

    [Fact]
    public async Task A_hold_whose_reply_is_lost_is_repeated_and_held_once()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var callId = await given.AnOutboundCall();
        await events.NextEvent<CallConnected>();
        await given.Fault(new { path = "/hold", drop = true, carryOut = true, times = 2 });

        Assert.Equal(CallState.Held, (await given.Calls.Hold(callId, Given.Cancellation)).State);

        await events.NextEvent<CallHeld>();
        await given.Calls.Resume(callId, Given.Cancellation);
        await events.NextEvent<CallResumed>();
    }

    [Fact]
    public async Task An_expired_token_is_renewed_in_the_midst_of_a_dial()
    {
        await using var given = await Given.ACloud();
        await given.Dial("tel:+15551234567", "first");
        await given.Do("tokens/expire", new { refreshTokens = true });

        await given.Dial("tel:+15551234567", "second");

        Assert.Equal((2, 2), (await given.CallCount(), given.Tokens.LogIns));
    }

    /// <summary>Nothing arrives, and nothing breaks: the pong that does not come tells.</summary>
    [Fact]
    public async Task A_half_open_socket_is_noticed_by_its_pong_and_opened_again()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(new EventStreamOptions
        {
            Seed = 1, PingInterval = TimeSpan.FromMilliseconds(100), PongTimeout = TimeSpan.FromMilliseconds(400),
        });
        await events.Next<StreamConnected>();

        await given.Do("sockets/stall");
        var unheard = await given.AnInboundCall();
        var lost = await events.Next<StreamDisconnected>();
        await events.Next<StreamConnected>();
        var heard = await given.AnInboundCall();

        Assert.Contains("broke", lost.Reason, StringComparison.Ordinal);
        Assert.NotEqual(unheard, heard);
        Assert.Equal(heard, (await events.NextEvent<CallRinging>()).CallId);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_refused_socket_is_opened_again_and_the_stream_goes_on(int status)
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents(Hasty);
        var first = await events.Next<StreamConnected>();
        await given.Fault(new { path = "/v1/notifications", method = "GET", status });
        await given.Do("sockets/drop");

        var again = await events.Until<StreamConnected>();

        Assert.Equal(status is 403 or 404 or 410, first.ChannelId != again.ChannelId);
        var channels = (await given.State()).GetProperty("channels");
        Assert.Equal(again.ChannelId, Assert.Single(channels.EnumerateArray()).GetProperty("channelId").GetString());
        var callId = await given.AnInboundCall();
        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);
    }

    [Fact]
    public async Task A_subscription_that_fails_is_made_on_the_same_channel_later()
    {
        await using var given = await Given.ACloud();
        await given.Fault(new { path = "/subscriptions", status = 500, body = "html" });
        await using var events = given.OpenEvents(Hasty);

        Assert.IsType<GoToUnavailableException>((await events.Next<StreamDisconnected>()).Cause);
        await events.Next<StreamConnected>();

        Assert.Equal(1, (await given.State()).GetProperty("channels").GetArrayLength());
    }

    [Fact]
    public async Task Repeated_events_are_told_once_even_under_a_new_id()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await given.Do("events/faults", new { duplicate = 1, newId = 1 });

        var callId = await given.AnInboundCall();
        await given.Calls.HangUp(callId, HangUpReason.Rejected, Given.Cancellation);

        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);
        Assert.Equal(callId, (await events.NextEvent<CallEnded>()).CallId);
        await events.End(expectedItems: 0);
    }

    [Fact]
    public async Task Events_out_of_order_and_late_all_arrive()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await given.Do("events/faults", new { reorder = 1 });
        var callId = await given.AnInboundCall();
        await given.Calls.Reject(callId, Given.Cancellation);
        Assert.Equal(callId, (await events.NextEvent<CallEnded>()).CallId);
        Assert.Equal(callId, (await events.NextEvent<CallRinging>()).CallId);

        await given.Do("events/faults", new { late = 1, lateMs = 60 });
        var late = await given.AnInboundCall();

        Assert.Equal(late, (await events.NextEvent<CallRinging>()).CallId);
    }

    [Fact]
    public async Task Lost_events_are_found_by_asking_for_the_call()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await given.Do("events/faults", new { lose = 1 });
        var callId = await given.AnInboundCall();
        await given.Do($"calls/{callId}/hangup");
        await given.Do("events/faults");

        var found = await given.Calls.Get(callId, Given.Cancellation);
        var next = await given.AnInboundCall();

        Assert.Equal((CallState.Ended, CallEndReason.RemoteHangup), (found.State, found.EndReason));
        Assert.Equal(next, (await events.NextEvent<CallRinging>()).CallId);
    }

    [Fact]
    public async Task One_seed_makes_one_event_log()
    {
        var first = await Log(7);
        var second = await Log(7);
        var other = await Log(8);

        Assert.Equal(6, first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);

        static async Task<string> Log(int seed)
        {
            var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 16, 10, 30, 0, TimeSpan.Zero));
            await using var given = await Given.ACloud(new GoToCloudOptions { Seed = seed }, cloudTime: time);
            var callId = await given.AnAnsweredCall();
            time.Advance(TimeSpan.FromSeconds(3));
            await given.Calls.Hold(callId, Given.Cancellation);
            time.Advance(TimeSpan.FromSeconds(2));
            await given.Calls.Resume(callId, Given.Cancellation);
            await given.Calls.BlindTransfer(callId, DialString.Parse("1002"), Given.Cancellation);
            time.Advance(TimeSpan.FromSeconds(1));
            return await given.Sim.GetStringAsync("/_sim/events", Given.Cancellation);
        }
    }

    [Fact]
    public async Task A_fault_that_makes_no_sense_is_refused()
    {
        await using var given = await Given.ACloud();

        foreach (var fault in new object[]
        {
            new { status = 500 }, new { path = "/", status = 99 }, new { path = "/", body = "song" },
            new { path = "/", retryAfter = "soon" }, new { path = "/", delayMs = -1 },
        })
        {
            using var reply = await given.Sim.PostAsJsonAsync("/_sim/faults", fault, Given.Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        }
    }
}
