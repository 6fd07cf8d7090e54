using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>
/// The client against the simulated cloud over real HTTP and WebSocket, a script in place of the phone.
/// </summary>
public sealed class InboundCallTests
{
    [Fact]
    public async Task A_call_rings_is_answered_and_hung_up()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        Assert.False((await events.Next<StreamConnected>()).Renewal);
        await using var phone = await Phone.At(given.Cloud);

        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        var callId = (await phone.Next("ringing")).Text("callId")!;
        var ringing = await events.NextEvent<CallRinging>();
        Assert.Equal(
            new CallRinging
            {
                Type = "call.ringing",
                Key = ringing.Key,
                ContentKey = ringing.ContentKey,
                Timestamp = ringing.Timestamp,
                CallId = callId,
                LineId = Given.LineId,
                Direction = CallDirection.Inbound,
                From = Given.Caller,
                To = Given.Number,
                SdpOffer = Sdp.Offer,
            },
            ringing);

        var before = await given.Calls.Get(callId, Given.Cancellation);
        Assert.Equal((CallState.Ringing, Sdp.Offer), (before.State, before.SdpOffer));

        var answered = await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);
        Assert.Equal((callId, CallState.Connected), (answered.CallId, answered.State));
        Assert.Equal(Sdp.Answer, (await phone.Next("answer")).Text("sdp"));
        await phone.Next("connected");
        var connected = await events.NextEvent<CallConnected>();
        Assert.Equal((callId, answered.AnsweredAt), (connected.CallId, connected.AnsweredAt));

        var ended = await given.Calls.HangUp(callId, HangUpReason.Normal, Given.Cancellation);
        Assert.Equal((CallState.Ended, CallEndReason.LocalHangup), (ended.State, ended.EndReason));
        Assert.Equal("agent_hangup", (await phone.Next("ended")).Text("reason"));
        var end = await events.NextEvent<CallEnded>();
        Assert.Equal((callId, CallEndReason.LocalHangup, TimeSpan.Zero), (end.CallId, end.Reason, end.Duration));
    }

    [Fact]
    public async Task Where_telephone_quality_is_wanted_a_phone_offers_no_more_than_G711()
    {
        const string head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
        const string opus = head + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n";
        await using var given = await Given.ACloud(new GoToCloudOptions { Narrowband = true });
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var wide = await Phone.At(given.Cloud);
        await using var opusOnly = await Phone.At(given.Cloud);

        await wide.Dial(
            Given.Caller, Given.Number,
            head + "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 110 126\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"
            + "a=fmtp:111 minptime=10\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n");
        Assert.Equal(
            head + "m=audio 9 UDP/TLS/RTP/SAVPF 0 8 126\r\na=mid:0\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:126 telephone-event/8000\r\n",
            (await events.NextEvent<CallRinging>()).SdpOffer);
        await opusOnly.Dial(Given.Caller, Given.Number, opus);

        Assert.Equal(opus, (await events.NextEvent<CallRinging>()).SdpOffer);
    }

    [Fact]
    public async Task A_phone_that_goes_away_has_hung_up()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var phone = await Phone.At(given.Cloud);
        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        var ringing = await events.NextEvent<CallRinging>();
        await given.Calls.Answer(ringing.CallId, Sdp.Answer, Given.Cancellation);
        await events.NextEvent<CallConnected>();

        await phone.DisposeAsync();

        Assert.Equal(CallEndReason.RemoteHangup, (await events.NextEvent<CallEnded>()).Reason);
    }

    [Fact]
    public async Task A_call_that_nobody_answers_times_out_and_is_forgotten_later()
    {
        await using var given = await Given.ACloud(new GoToCloudOptions
        {
            RingTimeout = TimeSpan.FromMilliseconds(150),
            EndedCallMemory = TimeSpan.FromMilliseconds(300),
        });
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var phone = await Phone.At(given.Cloud);
        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        var callId = (await events.NextEvent<CallRinging>()).CallId;

        Assert.Equal(CallEndReason.Timeout, (await events.NextEvent<CallEnded>()).Reason);
        Assert.Equal("timeout", (await phone.Until("ended")).Text("reason"));
        var conflict = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation));
        Assert.Equal("CALL_ENDED", conflict.Code);
        Assert.NotNull(conflict.Reference);
        await Wait.Until(async () => (await given.State()).GetProperty("calls").GetArrayLength() == 0);
        await Assert.ThrowsAsync<GoToNotFoundException>(() => given.Calls.Get(callId, Given.Cancellation));
    }

    [Fact]
    public async Task A_rejected_call_ends_as_rejected()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var callId = await given.AnInboundCall();
        await events.NextEvent<CallRinging>();

        var ended = await given.Calls.Reject(callId, Given.Cancellation);

        Assert.Equal(CallEndReason.Rejected, ended.EndReason);
        Assert.Equal(CallEndReason.Rejected, (await events.NextEvent<CallEnded>()).Reason);
    }

    [Fact]
    public async Task An_answered_call_cannot_be_answered_again()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnInboundCall();
        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);

        var conflict = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation));

        Assert.Equal("CALL_ALREADY_ANSWERED", conflict.Code);
        Assert.Equal("answer call", conflict.Operation);
    }

    [Fact]
    public async Task An_answer_that_is_no_SDP_is_a_bad_request_and_leaves_the_call_ringing()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnInboundCall();

        var refused = await Assert.ThrowsAsync<GoToRequestException>(
            () => given.Calls.Answer(callId, "hello", Given.Cancellation));

        Assert.Equal("INVALID_SDP", refused.Code);
        Assert.Equal(CallState.Ringing, (await given.Calls.Get(callId, Given.Cancellation)).State);
    }

    [Theory]
    [InlineData("no-such-call")]
    [InlineData("a/../b?c#d %2e")]
    public async Task An_unknown_call_is_not_found(string callId)
    {
        await using var given = await Given.ACloud();

        var missing = await Assert.ThrowsAsync<GoToNotFoundException>(
            () => given.Calls.HangUp(callId, HangUpReason.Normal, Given.Cancellation));

        Assert.Equal("CALL_NOT_FOUND", missing.Code);
    }

    [Fact]
    public async Task A_phone_is_told_what_is_wrong_and_may_go_on()
    {
        await using var given = await Given.ACloud();
        await using var phone = await Phone.At(given.Cloud);

        await phone.Send("not json");
        Assert.Equal("MALFORMED_REQUEST", (await phone.Next("error")).Text("code"));
        await phone.Send("""{"type":"sing"}""");
        Assert.Equal("BAD_REQUEST", (await phone.Next("error")).Text("code"));
        await phone.Dial(Given.Caller, "+15555550999", Sdp.Offer);
        Assert.Equal("UNKNOWN_NUMBER", (await phone.Next("error")).Text("code"));
        await phone.Dial(Given.Caller, Given.Number, "not sdp");
        Assert.Equal("INVALID_SDP", (await phone.Next("error")).Text("code"));
        await phone.Send("""{"type":"hangup"}""");
        Assert.Equal("NO_CALL", (await phone.Next("error")).Text("code"));

        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        await phone.Next("ringing");
        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        Assert.Equal("BUSY", (await phone.Next("error")).Text("code"));
        await phone.Send("""{"type":"hangup"}""");
        Assert.Equal("caller_hangup", (await phone.Next("ended")).Text("reason"));
        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        await phone.Next("ringing");
    }

    [Fact]
    public async Task Digits_and_candidates_of_the_phone_arrive_as_events()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var phone = await Phone.At(given.Cloud);
        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        var callId = (await events.NextEvent<CallRinging>()).CallId;

        await phone.Send("""
            {"type":"candidate","candidate":"candidate:1 1 UDP 1 127.0.0.1 9 typ host","sdpMid":"0"}
            """);
        var candidate = await events.NextEvent<CallIceCandidate>();
        Assert.Equal(
            (callId, "candidate:1 1 UDP 1 127.0.0.1 9 typ host", "0"),
            (candidate.CallId, candidate.Candidate, candidate.SdpMid));

        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);
        await events.NextEvent<CallConnected>();
        await phone.Send("""{"type":"dtmf","digit":"5","durationMs":120}""");
        var digit = await events.NextEvent<CallDtmf>();
        Assert.Equal((callId, '5', TimeSpan.FromMilliseconds(120)), (digit.CallId, digit.Digit, digit.Duration));
    }

    [Fact]
    public async Task Lines_are_listed_page_by_page_and_found_by_id()
    {
        await using var given = await Given.ACloud();
        await given.Tokens.GetAccessToken(Given.Cancellation);
        var lines = given.Api.Lines(given.Account, given.Tokens);
        var accountKey = given.Tokens.State!.AccountKey!;

        var all = await lines.List(accountKey, Given.Cancellation).ToListAsync(Given.Cancellation);
        var one = await lines.Get(accountKey, Given.LineId, Given.Cancellation);

        Assert.Equal([Given.LineId, "line_demo2"], all.Select(line => line.Id));
        Assert.Equal(("1001", "AI Agent 1"), (one.Extension, one.DisplayName));
        Assert.Equal([new LinePhoneNumber(Given.Number, "direct")], one.PhoneNumbers);
        await Assert.ThrowsAsync<GoToNotFoundException>(
            () => lines.Get(accountKey, "line_none", Given.Cancellation));
        await Assert.ThrowsAsync<GoToPermissionException>(
            () => lines.Get("another account", Given.LineId, Given.Cancellation));
    }

    [Fact]
    public async Task Users_are_listed_with_their_lines()
    {
        await using var given = await Given.ACloud();
        var users = await given.Api.Lines(given.Account, given.Tokens)
            .ListUsers(CloudAccount.Demo.Key, Given.Cancellation).ToArrayAsync(Given.Cancellation);

        var user = Assert.Single(users);
        Assert.Equal(("91234567890", CloudAccount.Demo.Username), (user.Key, user.Name));
        Assert.Equal(["line_demo1", "line_demo2"], user.Lines.Select(line => line.Id));
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        await using var given = await Given.ACloud();

        var taken = await Assert.ThrowsAsync<CloudPortException>(() => GoToCloud.Start(
            new GoToCloudOptions { Port = given.Cloud.BaseUrl.Port }, TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, Given.Cancellation));

        Assert.Contains($"127.0.0.1:{given.Cloud.BaseUrl.Port}", taken.Message, StringComparison.Ordinal);
    }
}
