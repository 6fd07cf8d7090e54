using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>Every other operation of section 14.2 on calls of the simulated cloud.</summary>
public sealed class CallControlTests
{
    [Fact]
    public async Task Mute_outlives_hold_and_repeating_changes_nothing()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnAnsweredCall();
        var calls = given.Calls;

        Assert.Equal(CallState.Muted, (await calls.Mute(callId, Given.Cancellation)).State);
        Assert.Equal(CallState.Muted, (await calls.Mute(callId, Given.Cancellation)).State);
        var held = await calls.Hold(callId, Given.Cancellation);
        Assert.Equal(held, await calls.Hold(callId, Given.Cancellation));
        Assert.Equal(CallState.Held, held.State);
        Assert.Equal(CallState.Muted, (await calls.Resume(callId, Given.Cancellation)).State);
        Assert.Equal(CallState.Connected, (await calls.Unmute(callId, Given.Cancellation)).State);
    }

    [Fact]
    public async Task A_ringing_call_cannot_be_held_and_an_ended_one_not_even_hung_up()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnInboundCall();

        var early = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.Hold(callId, Given.Cancellation));
        await given.Calls.HangUp(callId, HangUpReason.Normal, Given.Cancellation);
        var late = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.HangUp(callId, HangUpReason.Normal, Given.Cancellation));

        Assert.Equal(("CALL_NOT_CONNECTED", "CALL_ENDED"), (early.Code, late.Code));
    }

    [Fact]
    public async Task Touch_tones_reach_the_phone_in_order_over_a_pause()
    {
        await using var given = await Given.ACloud();
        await using var phone = await Phone.At(given.Cloud);
        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        var callId = (await phone.Next("ringing")).Text("callId")!;
        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);
        await phone.Until("connected");

        await given.Calls.SendDtmf(
            callId, DtmfDigits.Parse("1,#", TimeSpan.FromMilliseconds(40)), Given.Cancellation);

        Assert.Equal("1", (await phone.Next("dtmf")).Text("digit"));
        Assert.Equal("#", (await phone.Next("dtmf")).Text("digit"));
    }

    [Fact]
    public async Task Touch_tones_are_never_sent_twice()
    {
        using var cloud = new CannedCloud().Replies(500);

        var failure = await Assert.ThrowsAsync<GoToUnavailableException>(
            () => cloud.Calls.SendDtmf("c1", DtmfDigits.Parse("12"), Given.Cancellation));

        Assert.True(failure.OutcomeUnknown);
        Assert.Equal(
            """{"digits":"12","durationMs":100,"gapMs":50}""", Assert.Single(cloud.Requests).Body);
    }

    [Fact]
    public async Task An_ICE_candidate_reaches_the_phone_and_its_end_may_be_refused()
    {
        await using var given = await Given.ACloud();
        await using var phone = await Phone.At(given.Cloud);
        await phone.Dial(Given.Caller, Given.Number, Sdp.Offer);
        var callId = (await phone.Next("ringing")).Text("callId")!;

        await given.Calls.SendIceCandidate(
            callId, new IceCandidateLine("candidate:1 1 UDP 1 127.0.0.1 9 typ host", "audio", 0), Given.Cancellation);
        await given.Calls.HangUp(callId, HangUpReason.Normal, Given.Cancellation);
        await given.Calls.SendIceCandidate(callId, new IceCandidateLine("", "audio", 0), Given.Cancellation);

        Assert.Equal(
            "candidate:1 1 UDP 1 127.0.0.1 9 typ host", (await phone.Next("candidate")).Text("candidate"));
        await phone.Next("ended");
        await Assert.ThrowsAsync<GoToConflictException>(() => given.Calls.SendIceCandidate(
            callId, new IceCandidateLine("candidate:2", "audio", 0), Given.Cancellation));
    }

    [Fact]
    public async Task A_recording_is_told()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var callId = await given.AnInboundCall();
        await events.NextEvent<CallRinging>();

        await given.Do($"calls/{callId}/recording", new { status = "uploaded" });

        var told = await events.NextEvent<CallRecording>();
        Assert.Equal((callId, "uploaded", $"rec_{callId}"), (told.CallId, told.Status, told.RecordingId));
    }

    [Fact]
    public async Task A_blind_transfer_is_told_and_ends_the_call()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var callId = await given.AnAnsweredCall();
        await events.NextEvent<CallRinging>();
        await events.NextEvent<CallConnected>();

        var reply = await given.Calls.BlindTransfer(callId, DialString.Parse("1002"), Given.Cancellation);

        Assert.Equal(
            (CallState.Transferred, "blind", "ext:1002"), (reply.State, reply.TransferType, reply.TransferTarget));
        var told = await events.NextEvent<CallTransferred>();
        Assert.Equal(
            (callId, "blind", "ext:1002", reply.TransferredAt),
            (told.CallId, told.TransferType, told.TransferTarget, told.TransferredAt));
        Assert.Equal(CallEndReason.Transfer, (await events.NextEvent<CallEnded>()).Reason);
    }

    [Theory]
    [InlineData("tel:+15555550121")]
    [InlineData("tel:+15555550122")]
    [InlineData("tel:+15555550123")]
    public async Task A_transfer_that_fails_leaves_the_call_as_it_was(string target)
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnAnsweredCall();
        await given.Calls.Hold(callId, Given.Cancellation);

        var failed = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.BlindTransfer(callId, DialString.Parse(target), Given.Cancellation));

        Assert.True(failed.TransferFailed);
        Assert.Equal(CallState.Held, (await given.Calls.Get(callId, Given.Cancellation)).State);
    }

    [Fact]
    public async Task A_dialing_call_is_transferred_by_a_lenient_cloud_only()
    {
        await using var strict = await Given.ACloud();
        await using var lenient = await Given.ACloud(new GoToCloudOptions { Strict = false });

        var refused = await Assert.ThrowsAsync<GoToConflictException>(() => Transfer(strict));
        var transferred = await Transfer(lenient);

        Assert.Equal("CALL_NOT_CONNECTED", refused.Code);
        Assert.Equal(CallState.Transferred, transferred.State);

        static async Task<CallSnapshot> Transfer(Given given) => await given.Calls.BlindTransfer(
            (await given.Dial("tel:+15551234567")).CallId, DialString.Parse("ext:1001"), Given.Cancellation);
    }

    [Fact]
    public async Task A_warm_transfer_takes_us_out_of_both_calls()
    {
        await using var given = await Given.ACloud();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var callId = await given.AnAnsweredCall();
        await given.Calls.Hold(callId, Given.Cancellation);
        var consult = await given.Dial("ext:1002");
        var early = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.WarmTransfer(callId, consult.CallId, Given.Cancellation));
        Assert.Equal("CONSULT_NOT_CONNECTED", early.Code);
        await given.Calls.Answer(consult.CallId, Sdp.Answer, Given.Cancellation);

        var reply = await given.Calls.WarmTransfer(callId, consult.CallId, Given.Cancellation);

        Assert.Equal(
            (callId, CallState.Transferred, "warm", "ext:1002"),
            (reply.CallId, reply.State, reply.TransferType, reply.TransferTarget));
        var ended = new HashSet<string>();
        while (ended.Count < 2)
        {
            var end = (CallEnded)(await events.Until<StreamEvent>(item => item.Event is CallEnded)).Event;
            Assert.Equal(CallEndReason.Transfer, end.Reason);
            Assert.True(ended.Add(end.CallId));
        }

        Assert.Equal(new HashSet<string> { callId, consult.CallId }, ended);
    }

    [Fact]
    public async Task A_consult_that_hung_up_leaves_the_first_call_held()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnAnsweredCall();
        await given.Calls.Hold(callId, Given.Cancellation);
        var consult = await given.AnOutboundCall("ext:1002");
        await given.Do($"calls/{consult}/hangup");

        var refused = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.WarmTransfer(callId, consult, Given.Cancellation));

        Assert.Equal("CONSULT_NOT_CONNECTED", refused.Code);
        Assert.Equal(CallState.Held, (await given.Calls.Get(callId, Given.Cancellation)).State);
    }

    [Fact]
    public async Task Merged_calls_are_both_connected_and_may_leave_one_by_one()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnAnsweredCall();
        await given.Calls.Hold(callId, Given.Cancellation);
        var other = await given.AnOutboundCall("ext:1002", "one");

        Assert.Equal(CallState.Connected, (await given.Calls.Merge(callId, other, Given.Cancellation)).State);
        Assert.Equal(CallState.Connected, (await given.Calls.Get(other, Given.Cancellation)).State);
        var third = await given.AnOutboundCall("ext:1001", "two");
        await given.Calls.Merge(callId, third, Given.Cancellation);
        var fourth = await given.AnOutboundCall("ext:1001", "three");
        var full = await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.Merge(callId, fourth, Given.Cancellation));
        await given.Calls.HangUp(other, HangUpReason.Normal, Given.Cancellation);
        await given.Calls.Merge(callId, fourth, Given.Cancellation);

        Assert.Equal("CONFERENCE_FULL", full.Code);
        Assert.Equal(CallState.Connected, (await given.Calls.Get(callId, Given.Cancellation)).State);
    }

    [Fact]
    public async Task A_call_cannot_merge_with_itself_or_with_one_that_is_over()
    {
        await using var given = await Given.ACloud();
        var callId = await given.AnAnsweredCall();
        var over = await given.AnOutboundCall();
        await given.Calls.HangUp(over, HangUpReason.Normal, Given.Cancellation);

        Assert.Equal(
            ["SAME_CALL", "CALL_ENDED"],
            [await Refused(callId), await Refused(over)]);
        await Assert.ThrowsAsync<GoToNotFoundException>(
            () => given.Calls.Merge(callId, "no-call", Given.Cancellation));

        async Task<string?> Refused(string other) => (await Assert.ThrowsAsync<GoToConflictException>(
            () => given.Calls.Merge(callId, other, Given.Cancellation))).Code;
    }
}
