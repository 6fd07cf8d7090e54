using System.Text;
using System.Text.Json.Nodes;
using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>
/// The dialect <c>goto-public</c> against the simulator's public endpoints: the same client, the same calls. What GoTo's
/// live service does was not tried by anybody here.
/// </summary>
public sealed class GoToPublicTests
{
    [Fact]
    public async Task An_inbound_call_rings_is_answered_and_hung_up()
    {
        await using var given = await APublicAccount();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();

        var callId = await given.AnInboundCall();
        var ringing = await NextOfCall<CallRinging>(events);
        Assert.Equal(
            (callId, CallDirection.Inbound, Given.Caller, Given.Number, "1001", Sdp.Offer),
            (ringing.CallId, ringing.Direction, ringing.From, ringing.To, ringing.LineId, ringing.SdpOffer));
        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);
        Assert.Equal(callId, (await NextOfCall<CallConnected>(events)).CallId);
        Assert.Equal(CallState.Connected, (await given.Calls.Get(callId, Given.Cancellation)).State);
        await given.Calls.HangUp(callId, cancellation: Given.Cancellation);

        var ended = await NextOfCall<CallEnded>(events);
        Assert.Equal((callId, CallEndReason.LocalHangup), (ended.CallId, ended.Reason));
    }

    [Fact]
    public async Task A_call_is_placed_with_our_offer_and_controlled()
    {
        await using var given = await APublicAccount();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        Assert.Equal(SdpOfferer.Client, given.Calls.OutboundOfferer);

        var call = await given.Calls.Dial(
            new OutboundCall
            {
                To = DialString.Parse("+15551234567"), LineId = "1001", SdpOffer = Sdp.Offer, IdempotencyKey = "k",
            },
            Given.Cancellation);

        Assert.StartsWith("v=0", call.SdpAnswer, StringComparison.Ordinal);
        Assert.NotNull(call.LegId);
        Assert.Equal(call.CallId, (await NextOfCall<CallConnected>(events)).CallId);
        await given.Calls.Hold(call.CallId, Given.Cancellation);
        Assert.Equal(call.CallId, (await NextOfCall<CallHeld>(events)).CallId);
        Assert.Equal(CallState.Held, (await given.Calls.Get(call.CallId, Given.Cancellation)).State);
        await given.Calls.Resume(call.CallId, Given.Cancellation);
        Assert.NotNull((await NextOfCall<CallResumed>(events)).HoldDuration);
        await given.Calls.Mute(call.CallId, Given.Cancellation);
        Assert.Equal(CallState.Muted, (await given.Calls.Get(call.CallId, Given.Cancellation)).State);
        await given.Calls.Unmute(call.CallId, Given.Cancellation);
        await given.Calls.SendDtmf(call.CallId, DtmfDigits.Parse("12"), Given.Cancellation);
        await given.Calls.SendIceCandidate(call.CallId, new IceCandidateLine("candidate:1", "0", 0), Given.Cancellation);
        await given.Calls.BlindTransfer(call.CallId, DialString.Parse("ext:1002"), Given.Cancellation);
        Assert.Equal(call.CallId, (await NextOfCall<CallTransferred>(events)).CallId);
        Assert.Equal(CallEndReason.Transfer, (await NextOfCall<CallEnded>(events)).Reason);
    }

    [Fact]
    public async Task A_registered_phone_answers_our_offer_and_decides_for_itself()
    {
        await using var given = await APublicAccount();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        await using var phone = await Phone.Registered(given.Cloud, "+15551230001");

        var dialling = given.Calls.Dial(
            new OutboundCall
            {
                To = DialString.Parse("+15551230001"), LineId = "1001", SdpOffer = Sdp.Offer, IdempotencyKey = "k",
            },
            Given.Cancellation);
        var ring = await phone.Next("ring");
        await phone.Offer(Sdp.Offer);
        Assert.Equal("OFFERED_ALREADY", (await phone.Next("error")).Text("code"));
        await phone.Send(new JsonObject { ["type"] = "media-answer", ["sdp"] = Sdp.Answer }.ToJsonString());
        var call = await dialling;

        Assert.Equal((Sdp.Offer, Sdp.Answer), (ring.Text("sdp"), call.SdpAnswer));
        var asked = await given.Calls.Get(call.CallId, Given.Cancellation);
        Assert.Equal((CallState.Dialing, "1001", call.LegId), (asked.State, asked.LineId, asked.LegId));
        await phone.Send("""{"type":"answer"}""");
        Assert.Equal(call.CallId, (await NextOfCall<CallConnected>(events)).CallId);
        await given.Calls.HangUp(call.CallId, cancellation: Given.Cancellation);
        Assert.Equal("agent_hangup", (await phone.Until("ended")).Text("reason"));
    }

    /// <summary>The initiator, the transferrer and the destination, and which conversation is the other one.</summary>
    [Fact]
    public async Task A_warm_transfer_tells_of_both_its_conversations()
    {
        await using var given = await APublicAccount();
        await using var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        var callId = await given.AnInboundCall();
        await NextOfCall<CallRinging>(events);
        await given.Calls.Answer(callId, Sdp.Answer, Given.Cancellation);
        await NextOfCall<CallConnected>(events);
        await given.Calls.Hold(callId, Given.Cancellation);
        var consult = await given.Calls.Dial(
            new OutboundCall
            {
                To = DialString.Parse("+15551234567"), LineId = "1001", SdpOffer = Sdp.Offer, IdempotencyKey = "k",
            },
            Given.Cancellation);

        await given.Calls.WarmTransfer(callId, consult.CallId, Given.Cancellation);

        var told = await events.Until<StreamEvent>(item => item.Event is UnknownEvent raw
            && raw.Raw.Contains("IN_WARM_TRANSFER", StringComparison.Ordinal)
            && raw.Raw.Contains($"\"conversationSpaceId\":\"conv_{callId}\"", StringComparison.Ordinal));
        var state = JsonNode.Parse(((UnknownEvent)told.Event).Raw)!["data"]!["content"]!;
        Assert.Equal($"conv_{consult.CallId}", (string?)state["metadata"]!["associatedConversations"]![0]);
        var status = state["state"]!["participants"]![0]!["status"]!;
        Assert.Equal(
            (Given.Caller, "1001", "+15551234567"),
            ((string?)status["initiator"], (string?)status["transferrer"], (string?)status["destination"]));
        var transferred = await events.Until<StreamEvent>(item => item.Event is CallTransferred moved && moved.CallId == callId);
        Assert.Equal("warm", ((CallTransferred)transferred.Event).TransferType);
    }

    [Fact]
    public async Task A_rejected_call_ends_as_rejected_and_the_device_goes_with_the_stream()
    {
        await using var given = await APublicAccount();
        var events = given.OpenEvents();
        await events.Next<StreamConnected>();
        Assert.Equal(1, (await given.State()).GetProperty("devices").GetInt32());
        var callId = await given.AnInboundCall();
        await NextOfCall<CallRinging>(events);

        await given.Calls.Reject(callId, Given.Cancellation);

        Assert.Equal(CallEndReason.Rejected, (await NextOfCall<CallEnded>(events)).Reason);
        await events.DisposeAsync();
        var state = await given.State();
        Assert.Equal((0, 0), (state.GetProperty("devices").GetInt32(), state.GetProperty("channels").GetArrayLength()));
    }

    [Fact]
    public async Task An_offer_that_is_missing_is_asked_for_before_anything_is_sent()
    {
        await using var given = await APublicAccount();

        await Assert.ThrowsAsync<ArgumentException>(() => given.Dial("+15551234567"));

        Assert.Equal(0, await given.CallCount());
    }

    [Fact]
    public async Task A_failing_item_of_a_207_is_a_failure()
    {
        await using var given = await APublicAccount();
        given.Account.AccountKey = "somebody-elses";
        await using var events = given.OpenEvents();

        var lost = await events.Next<StreamDisconnected>();

        Assert.Equal("UNAUTHORIZED", Assert.IsType<GoToPermissionException>(lost.Cause).Code);
    }

    [Fact]
    public async Task Lines_and_users_are_read_and_a_line_is_found_in_the_list()
    {
        await using var given = await APublicAccount();
        var lines = given.Api.Lines(given.Account, given.Tokens);

        Assert.Equal(
            ["1001", "1002"],
            await lines.List("any", Given.Cancellation).Select(line => line.Extension).ToArrayAsync(Given.Cancellation));
        Assert.Equal("AI Agent 2", (await lines.Get("any", "line_demo2", Given.Cancellation)).DisplayName);
        await Assert.ThrowsAsync<GoToNotFoundException>(() => lines.Get("any", "none", Given.Cancellation));
        Assert.Equal(2, Assert.Single(
            await lines.ListUsers("any", Given.Cancellation).ToArrayAsync(Given.Cancellation)).Lines.Count);
    }

    [Fact]
    public async Task A_public_account_passes_its_diagnosis()
    {
        await using var given = await APublicAccount();
        var steps = new List<DiagnosisStep>();
        await foreach (var step in given.Api.Diagnose(given.Account, cancellation: Given.Cancellation))
            steps.Add(step);

        Assert.DoesNotContain(steps, step => step.Result == DiagnosisResult.Failed);
    }

    [Theory]
    [InlineData("""{"id":"e1","source":"WebRTC","type":"incoming","timestamp":"2026-01-16T10:30:00Z","ttl":"30","content":{"callId":"c1","from":"+15551234567"}}""")]
    [InlineData("""{"event":"Notification","eventId":"e1","timestamp":"2026-01-16T10:30:00Z","data":{"source":"WebRTC","type":"incoming","content":{"callId":"c1","from":"+15551234567"}}}""")]
    public void The_envelope_may_be_nested_or_flat(string message)
    {
        var ringing = Assert.IsType<CallRinging>(Decode(message));

        Assert.Equal(("e1", "c1", "+15551234567"), (ringing.Key, ringing.CallId, ringing.From));
        Assert.NotNull(ringing.Timestamp);
    }

    [Theory]
    [InlineData("WEBSOCKET_REFRESH_REQUIRED", "WEBSOCKET_REFRESH_REQUIRED")]
    [InlineData("""{"source":"call-events","type":"call-state","content":{}}""", "call-events/call-state")]
    [InlineData("""{"source":"WebRTC","type":"no-media","content":{"callId":"c1"}}""", "WebRTC/no-media")]
    public void What_is_no_event_of_a_call_passes_through(string message, string type) =>
        Assert.Equal((type, message), (Assert.IsType<UnknownEvent>(Decode(message)).Type, ((UnknownEvent)Decode(message)).Raw));

    [Fact]
    public void What_changed_between_two_states_of_a_conversation_is_an_event()
    {
        var reader = new PublicEventReader();
        Read(Leg("answered"));

        Assert.Empty(Read(State(1, "RINGING", "leg_of_somebody")).OfType<GoToCallEvent>());
        Assert.IsType<CallConnected>(Assert.Single(Read(State(2, "CONNECTED")).OfType<GoToCallEvent>()));
        Assert.IsType<CallHeld>(Assert.Single(Read(State(4, "HOLD")).OfType<GoToCallEvent>()));
        Assert.Empty(Read(State(5, "HOLD")).OfType<GoToCallEvent>());
        // Overtaken by the one after it.
        Assert.Empty(Read(State(3, "CONNECTED")).OfType<GoToCallEvent>());
        var resumed = Assert.IsType<CallResumed>(Assert.Single(Read(State(6, "CONNECTED")).OfType<GoToCallEvent>()));
        Assert.Equal(("c1", TimeSpan.FromSeconds(2)), (resumed.CallId, resumed.HoldDuration));
        Assert.Empty(Read(State(7, "IN_WARM_TRANSFER")).OfType<GoToCallEvent>());
        var transferred = Assert.IsType<CallTransferred>(Assert.Single(Read(State(8, "TRANSFERRED")).OfType<GoToCallEvent>()));
        Assert.Equal("warm", transferred.TransferType);
        Read(Leg("ended"));
        Assert.Empty(Read(State(9, "HOLD")).OfType<GoToCallEvent>());

        IReadOnlyList<GoToEvent> Read(string message) => reader.Read(Encoding.UTF8.GetBytes(message));

        static string Leg(string type) => """
            {"event":"Notification","data":{"source":"WebRTC","type":"TYPE","content":{"callId":"c1","legId":"l1"}}}
            """.Replace("TYPE", type, StringComparison.Ordinal);

        static string State(int sequence, string status, string leg = "l1") => """
            {"event":"Notification","eventId":"eSEQ","timestamp":"2026-01-16T10:30:0SEQZ","data":{"source":"call-events",
             "type":"call-state","content":{"metadata":{"conversationSpaceId":"v1"},"state":{"type":"ACTIVE","sequenceNumber":SEQ,
             "participants":[{"legId":"LEG","status":{"value":"STATUS"}}]}}}}
            """
            .Replace("SEQ", $"{sequence}", StringComparison.Ordinal)
            .Replace("LEG", leg, StringComparison.Ordinal)
            .Replace("STATUS", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"source":"WebRTC"}""")]
    public void What_cannot_be_read_is_told(string message) => Assert.IsType<InvalidEvent>(Decode(message));

    [Fact]
    public void Missing_settings_of_the_dialect_are_named()
    {
        var account = new GoToAccountOptions
        {
            ClientId = "c", Grant = LogInGrant.AuthorizationCode, Dialect = "goto-public",
        };

        Assert.Equal(3, account.Validate("GoTo:Account").Count);
    }

    private static GoToEvent Decode(string message) => PublicEventDecoder.Decode(Encoding.UTF8.GetBytes(message));

    /// <summary>The next event of a call; full call states pass by.</summary>
    private static async Task<T> NextOfCall<T>(EventReader events)
        where T : GoToCallEvent
    {
        var item = await events.Until<StreamEvent>(item => item.Event is GoToCallEvent);
        return Assert.IsType<T>(item.Event);
    }

    private static async Task<Given> APublicAccount()
    {
        var given = await Given.ACloud();
        given.Account.Dialect = "goto-public";
        given.Account.OrganizationId = "org-1";
        given.Account.AccountKey = CloudAccount.Demo.Key;
        given.Account.Extensions = ["1001", "1002"];
        return given;
    }
}
