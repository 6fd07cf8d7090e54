using GoTo.Simulator.Cloud;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Api.Tests;

/// <summary>Calls that we place, to number classes of the simulated cloud and to registered phones.</summary>
public sealed class OutboundCallTests
{
    private static readonly GoToCloudOptions Quick = new()
    {
        FarEndRings = TimeSpan.FromMilliseconds(50),
        FarEndDecides = TimeSpan.FromMilliseconds(20),
        NoAnswerTimeout = TimeSpan.FromMilliseconds(100),
    };

    [Theory]
    [InlineData("busy", CallEndReason.Busy)]
    [InlineData("rejects", CallEndReason.Rejected)]
    [InlineData("carrier-error", CallEndReason.Error)]
    [InlineData("drops", CallEndReason.RemoteHangup)]
    public async Task A_far_end_does_what_a_test_tells_it_to_do(string does, CallEndReason reason)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var given = await Given.ACloud(cloudTime: time);
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await given.Do("far-ends", new { to = "+15551234567", does });

        var call = await given.Dial("tel:+15551234567");
        await given.Calls.Answer(call.CallId, Sdp.Answer, Given.Cancellation);
        time.Advance(new GoToCloudOptions().FarEndDecides);

        var ended = await events.Until<StreamEvent>(item => item.Event is CallEnded);
        Assert.Equal(reason, ((CallEnded)ended.Event).Reason);
    }

    [Fact]
    public async Task The_specifications_call_lifecycle_passes()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();

        var call = await given.Dial("tel:+15551234567");
        Assert.Equal(
            (CallState.Dialing, CallDirection.Outbound, Given.Number, "+15551234567", Given.LineId),
            (call.State, call.Direction, call.From, call.To, call.LineId));
        Assert.StartsWith("v=0\r\n", call.SdpOffer, StringComparison.Ordinal);
        var answered = await given.Calls.Answer(call.CallId, "v=0\r\ntest answer\r\n", Given.Cancellation);
        Assert.Equal(CallState.Connected, answered.State);
        var connected = await events.NextEvent<CallConnected>();
        Assert.Equal(
            (call.CallId, CallDirection.Outbound, Given.Number, "+15551234567"),
            (connected.CallId, connected.Direction, connected.From, connected.To));
        var held = await given.Calls.Hold(call.CallId, Given.Cancellation);
        Assert.Equal(CallState.Held, held.State);
        Assert.Equal(held.HoldStartedAt, (await events.NextEvent<CallHeld>()).HoldStartedAt);
        Assert.Equal(CallState.Connected, (await given.Calls.Resume(call.CallId, Given.Cancellation)).State);
        Assert.Equal(TimeSpan.Zero, (await events.NextEvent<CallResumed>()).HoldDuration);
        var ended = await given.Calls.HangUp(call.CallId, HangUpReason.Normal, Given.Cancellation);
        Assert.Equal(CallState.Ended, ended.State);
        Assert.Equal(CallEndReason.LocalHangup, (await events.NextEvent<CallEnded>()).Reason);
    }

    [Theory]
    [InlineData("tel:+15555550121", CallEndReason.Busy)]
    [InlineData("tel:+15555550122", CallEndReason.NoAnswer)]
    [InlineData("tel:+15555550123", CallEndReason.Rejected)]
    [InlineData("tel:+15555550125", CallEndReason.Error)]
    public async Task A_far_end_that_cannot_be_had_ends_the_call_with_its_reason(string to, CallEndReason reason)
    {
        await using var given = await Given.ACloud(Quick);
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();

        var call = await given.Dial(to);

        var ended = await events.NextEvent<CallEnded>();
        Assert.Equal(
            (call.CallId, reason, TimeSpan.Zero, CallDirection.Outbound),
            (ended.CallId, ended.Reason, ended.Duration, ended.Direction));
    }

    [Fact]
    public async Task A_call_is_connected_when_the_far_end_answers_and_not_by_our_media_alone()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var phone = await Phone.Registered(given.Cloud, "+15555550150");

        var dialing = given.Dial("tel:+15555550150");
        var ring = await phone.Next("ring");
        Assert.Equal((Given.Number, "+15555550150"), (ring.Text("from"), ring.Text("to")));
        await phone.Offer(Sdp.Offer);
        var call = await dialing;
        Assert.Equal((ring.Text("callId"), Sdp.Offer), (call.CallId, call.SdpOffer));
        var media = await given.Calls.Answer(call.CallId, Sdp.Answer, Given.Cancellation);
        Assert.Equal((CallState.Dialing, null), (media.State, media.AnsweredAt));
        Assert.Equal(Sdp.Answer, (await phone.Next("answer")).Text("sdp"));
        await phone.Send("""{"type":"answer"}""");

        await phone.Next("connected");
        Assert.Equal(call.CallId, (await events.NextEvent<CallConnected>()).CallId);
        await phone.Send("""{"type":"hangup"}""");
        Assert.Equal(CallEndReason.RemoteHangup, (await events.NextEvent<CallEnded>()).Reason);
    }

    [Fact]
    public async Task A_phone_rings_by_the_extension_of_its_line_and_may_refuse()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var phone = await Phone.Registered(given.Cloud, "+15555550101");

        var dialing = given.Dial("ext:1002");
        await phone.Next("ring");
        await phone.Offer(Sdp.Offer);
        await dialing;
        await phone.Send("""{"type":"reject","reason":"busy"}""");

        Assert.Equal(CallEndReason.Busy, (await events.NextEvent<CallEnded>()).Reason);
        Assert.Equal("busy", (await phone.Next("ended")).Text("reason"));
    }

    [Fact]
    public async Task A_phone_in_a_call_is_busy()
    {
        await using var given = await Given.ACloud(Quick);
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var phone = await Phone.Registered(given.Cloud, "+15555550150");
        await phone.Dial("+15555550150", Given.Number, Sdp.Offer);
        await events.NextEvent<CallRinging>();

        await given.Dial("tel:+15555550150");

        Assert.Equal(CallEndReason.Busy, (await events.NextEvent<CallEnded>()).Reason);
    }

    [Fact]
    public async Task A_phone_that_offers_no_media_fails_the_call()
    {
        await using var given = await Given.ACloud(
            new GoToCloudOptions { PhoneOfferTimeout = TimeSpan.FromMilliseconds(50) });
        await using var phone = await Phone.Registered(given.Cloud, "+15555550150");

        var call = await given.Dial("tel:+15555550150");

        Assert.Equal((CallState.Ended, CallEndReason.Error, null), (call.State, call.EndReason, call.SdpOffer));
    }

    [Fact]
    public async Task A_call_without_our_media_answer_fails()
    {
        await using var given = await Given.ACloud(
            new GoToCloudOptions { MediaAnswerTimeout = TimeSpan.FromMilliseconds(50) });
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();

        await given.Dial("tel:+15551234567");

        Assert.Equal(CallEndReason.Error, (await events.NextEvent<CallEnded>()).Reason);
    }

    [Fact]
    public async Task A_far_end_answers_later_another_drops_and_a_third_presses_keys()
    {
        await using var given = await Given.ACloud(Quick with { NoAnswerTimeout = TimeSpan.FromSeconds(30) });
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();

        var later = await given.Dial("tel:+15555550120", "later");
        await given.Calls.Answer(later.CallId, Sdp.Answer, Given.Cancellation);
        Assert.Equal(later.CallId, (await events.NextEvent<CallConnected>()).CallId);
        var drops = await given.AnOutboundCall("tel:+15555550126", "drops");
        Assert.Equal(drops, (await events.NextEvent<CallConnected>()).CallId);
        var end = await events.NextEvent<CallEnded>();
        Assert.Equal((drops, CallEndReason.RemoteHangup), (end.CallId, end.Reason));
        await given.AnOutboundCall("tel:+15555550127", "keys");
        await events.NextEvent<CallConnected>();
        var pressed = "";
        while (pressed.Length < 4)
            pressed += (await events.NextEvent<CallDtmf>()).Digit;
        Assert.Equal("123#", pressed);
    }

    [Fact]
    public async Task One_idempotency_key_places_one_call()
    {
        await using var given = await Given.ACloud();

        var first = await given.Dial("tel:+15551234567", "same");
        var second = await given.Dial("tel:+15551234567", "same");
        var third = await given.Dial("tel:+15551234567", "other");

        Assert.Equal(first.CallId, second.CallId);
        Assert.NotEqual(first.CallId, third.CallId);
        Assert.Equal(2, (await given.State()).GetProperty("calls").GetArrayLength());
    }

    [Fact]
    public async Task What_cannot_be_dialled_is_refused_with_its_code()
    {
        await using var given = await Given.ACloud();

        Assert.Equal("EXTENSION_NOT_FOUND",
            (await Assert.ThrowsAsync<GoToNotFoundException>(() => given.Dial("ext:4444"))).Code);
        Assert.Equal("INVALID_NUMBER",
            (await Assert.ThrowsAsync<GoToRequestException>(() => given.Dial("tel:+15555550124"))).Code);
        Assert.Equal("LINE_NOT_FOUND", (await Assert.ThrowsAsync<GoToNotFoundException>(() => given.Calls.Dial(
            new OutboundCall { To = DialString.Parse("1001"), LineId = "no-line", IdempotencyKey = "x" },
            Given.Cancellation))).Code);
        Assert.Equal(0, (await given.State()).GetProperty("calls").GetArrayLength());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task A_dial_that_may_have_been_carried_out_is_not_repeated(int status)
    {
        using var cloud = new CannedCloud().Replies(status);

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(() => Dial(cloud));

        Assert.True(failure.OutcomeUnknown);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task A_dial_whose_connection_broke_is_not_repeated()
    {
        using var cloud = new CannedCloud().Fails(HttpRequestError.ResponseEnded);

        Assert.True((await Assert.ThrowsAsync<GoToUnavailableException>(() => Dial(cloud))).OutcomeUnknown);
        Assert.Single(cloud.Requests);
    }

    [Fact]
    public async Task A_dial_that_never_left_or_was_put_off_is_repeated_with_the_same_key()
    {
        using var cloud = new CannedCloud().Fails(HttpRequestError.ConnectionError)
            .Replies(429, retryAfter: "1").Replies(401).Replies(200, """{"callId":"c1","state":"dialing"}""");

        var call = await Dial(cloud);

        Assert.Equal(("c1", CallState.Dialing), (call.CallId, call.State));
        Assert.Equal(4, cloud.IdempotencyKeys.Count);
        Assert.Equal(4, cloud.Requests.Count);
        Assert.All(cloud.IdempotencyKeys, key => Assert.Equal("key-1", key));
        Assert.All(cloud.Requests, request => Assert.Equal(
            ("POST", "/web-calls/v1/calls", """{"dialString":"tel:\u002B15551234567","lineId":"line-1"}"""),
            (request.Method, request.Path, request.Body)));
    }

    [Fact]
    public async Task A_dial_reply_that_names_no_call_is_a_protocol_error()
    {
        using var cloud = new CannedCloud().Replies(200, """{"state":"dialing"}""");

        Assert.Equal("callId", (await Assert.ThrowsAsync<GoToProtocolException>(() => Dial(cloud))).Field);
    }

    private static Task<CallSnapshot> Dial(CannedCloud cloud) => cloud.Calls.Dial(
        new OutboundCall
        {
            To = DialString.Parse("+15551234567"), LineId = "line-1", IdempotencyKey = "key-1",
        },
        Given.Cancellation);
}
