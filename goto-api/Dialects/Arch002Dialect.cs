using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoTo.Api;

/// <summary>The wire of specification ARCH-002 (sections 3.3, 4.2, 5.1, 6, 7.1 and 14).</summary>
internal sealed class Arch002Dialect : Dialect
{
    // Section 3.4.
    public override IReadOnlyList<string> RequiredScopes { get; } =
    [
        "webrtc.v1.write", "call-events.v1.notifications.manage", "call-control.v1.calls.write",
        "users.v1.lines.read", "users.v1.users.read",
    ];

    // Section 9.1.
    public override RequestLimits Limits { get; } = new(
        new(100, TimeSpan.FromMinutes(1)), new(100, TimeSpan.FromMinutes(1)), new(60, TimeSpan.FromMinutes(1)));

    public override ApiRequest Answer(GoToAccountOptions account, string callId, string sdpAnswer) =>
        new("answer call", HttpMethod.Post, CallAddress(account, callId, "/answer"), RepeatClass.Never)
        {
            Json = new JsonObject { ["sdpAnswer"] = sdpAnswer },
        };

    public override ApiRequest HangUp(GoToAccountOptions account, string callId, HangUpReason reason) =>
        new("hang up call", HttpMethod.Post, CallAddress(account, callId, "/hangup"), RepeatClass.Idempotent)
        {
            Json = new JsonObject { ["reason"] = Arch002Words.Of(reason) },
        };

    // The specification knows no route of its own for this: rejecting is hanging up before the answer.
    public override ApiRequest Reject(GoToAccountOptions account, string callId) =>
        HangUp(account, callId, HangUpReason.Rejected) with { Operation = "reject call" };

    public override ApiRequest Dial(GoToAccountOptions account, OutboundCall call)
    {
        var json = new JsonObject { ["dialString"] = call.To.ToString(), ["lineId"] = call.LineId };
        if (call.CallerId is not null)
            json["callerId"] = call.CallerId;
        return new ApiRequest(
            "dial", HttpMethod.Post, ApiAddress.Join(account.WebCallsAddress, "/calls"), RepeatClass.Never)
        {
            Json = json,
            IdempotencyKey = call.IdempotencyKey,
        };
    }

    public override ApiRequest Hold(GoToAccountOptions account, string callId, bool held) => new(
        held ? "hold call" : "resume call", HttpMethod.Put,
        CallAddress(account, callId, held ? "/hold" : "/resume"), RepeatClass.Idempotent);

    public override ApiRequest Mute(GoToAccountOptions account, string callId, bool muted) => new(
        muted ? "mute call" : "unmute call", HttpMethod.Put,
        CallAddress(account, callId, muted ? "/mute" : "/unmute"), RepeatClass.Idempotent);

    public override ApiRequest SendDtmf(
        GoToAccountOptions account, string callId, string digits, TimeSpan tone, TimeSpan gap) =>
        new("send DTMF", HttpMethod.Post, CallAddress(account, callId, "/dtmf"), RepeatClass.Never)
        {
            Json = new JsonObject
            {
                ["digits"] = digits,
                ["durationMs"] = (int)tone.TotalMilliseconds,
                ["gapMs"] = (int)gap.TotalMilliseconds,
            },
        };

    public override ApiRequest BlindTransfer(GoToAccountOptions account, string callId, DialString target) =>
        new("blind transfer", HttpMethod.Post, CallAddress(account, callId, "/blind-transfer"), RepeatClass.Never)
        {
            Json = new JsonObject { ["dialString"] = target.ToString() },
        };

    public override ApiRequest WarmTransfer(GoToAccountOptions account, string callId, string referId) =>
        new("warm transfer", HttpMethod.Post, CallAddress(account, callId, "/warm-transfer"), RepeatClass.Never)
        {
            Json = new JsonObject { ["referId"] = referId },
        };

    public override ApiRequest Merge(GoToAccountOptions account, string callId, string referId) =>
        new("merge calls", HttpMethod.Post, CallAddress(account, callId, "/merge"), RepeatClass.Never)
        {
            Json = new JsonObject { ["referId"] = referId },
        };

    public override ApiRequest SendIceCandidate(
        GoToAccountOptions account, string callId, IceCandidateLine candidate) =>
        new("send ICE candidate", HttpMethod.Post, CallAddress(account, callId, "/ice-candidates"),
            RepeatClass.Idempotent)
        {
            Json = new JsonObject
            {
                ["candidate"] = candidate.Candidate,
                ["sdpMid"] = candidate.SdpMid,
                ["sdpMLineIndex"] = candidate.SdpMLineIndex,
            },
        };

    public override CallSnapshot ReadDialled(ApiReply reply) => ReadCall(reply, reply.RequireText("callId", "id"));

    public override ApiRequest GetCall(GoToAccountOptions account, string callId) =>
        new("get call", HttpMethod.Get, CallAddress(account, callId, ""), RepeatClass.Safe);

    public override CallSnapshot ReadCall(ApiReply reply, string callId)
    {
        if (reply.Json is not { } json)
            return new CallSnapshot { CallId = callId };
        if (json.ValueKind != JsonValueKind.Object)
            throw reply.Broken("the reply is not a JSON object");
        var state = json.Text("state");
        var direction = json.Text("direction");
        var endReason = json.Text("endReason");
        return new CallSnapshot
        {
            CallId = json.Text("callId") ?? json.Text("id") ?? callId,
            State = state is null ? null : Arch002Words.State(state),
            RawState = state,
            Direction = direction is null ? null : Arch002Words.Direction(direction),
            From = Arch002Words.Number(json.Text("from")),
            To = Arch002Words.Number(json.Text("to")),
            LineId = json.Text("lineId"),
            SdpOffer = json.Text("sdpOffer"),
            SdpAnswer = json.Text("sdpAnswer"),
            CreatedAt = json.Moment("createdAt"),
            AnsweredAt = json.Moment("answeredAt"),
            EndedAt = json.Moment("endedAt"),
            HoldStartedAt = json.Moment("holdStartedAt"),
            EndReason = endReason is null ? null : Arch002Words.EndReason(endReason),
            RawEndReason = endReason,
            TransferType = json.Text("transferType"),
            TransferTarget = json.Text("transferTarget"),
            TransferredAt = json.Moment("transferredAt"),
        };
    }

    // Neither creating a channel nor subscribing is repeated blindly: a lost reply would leave a second one behind.
    public override ApiRequest CreateChannel(GoToAccountOptions account) =>
        new("create channel", HttpMethod.Post, EventsAddress(account, "/channels"), RepeatClass.Never);

    // Not in the specification, where channels only expire; a server that does not know it answers 404 or 405.
    public override ApiRequest DeleteChannel(GoToAccountOptions account, string channelId) =>
        new("delete channel", HttpMethod.Delete,
            EventsAddress(account, $"/channels/{ApiAddress.Segment(channelId)}"), RepeatClass.Idempotent);

    public override NotificationChannel ReadChannel(ApiReply reply, GoToAccountOptions account, DateTimeOffset now)
    {
        var json = reply.RequireObject();
        var id = reply.RequireText("channelId", "id");
        // GoTo's own channels live on another host than its call events: wss://realtime.goto.com (section 6.2).
        return Channel(
            reply, account.CallEventsAddress, id, reply.RequireText("websocketUrl", "webSocketUrl"), "websocketUrl",
            json.Moment("expiresAt") ?? (json.Seconds("channelLifetime") is { } life ? now + life : null));
    }

    public override ApiRequest Subscribe(
        GoToAccountOptions account, string channelId, IReadOnlyList<string> types, IReadOnlyList<string> lines)
    {
        var json = new JsonObject { ["channelId"] = channelId, ["eventTypes"] = Array(types) };
        if (lines.Count > 0)
            json["lineIds"] = Array(lines);
        return new ApiRequest(
            "subscribe to events", HttpMethod.Post, EventsAddress(account, "/subscriptions"), RepeatClass.Never)
        {
            Json = json,
        };

        static JsonArray Array(IReadOnlyList<string> words) => new([.. words.Select(word => (JsonNode)word)]);
    }

    public override EventSubscription ReadSubscription(
        ApiReply reply, string channelId, IReadOnlyList<string> types, IReadOnlyList<string> lines)
    {
        var json = reply.RequireObject();
        return new EventSubscription(
            reply.RequireText("subscriptionId", "id"),
            json.Text("channelId") ?? channelId,
            json.Words("eventTypes") ?? types,
            json.Words("lineIds") ?? lines);
    }

    public override ApiRequest Unsubscribe(GoToAccountOptions account, string subscriptionId) =>
        new("unsubscribe", HttpMethod.Delete,
            EventsAddress(account, $"/subscriptions/{ApiAddress.Segment(subscriptionId)}"), RepeatClass.Idempotent);

    public override GoToEvent ReadEvent(ReadOnlyMemory<byte> message) => EventDecoder.Decode(message);

    public override ApiRequest ListLines(GoToAccountOptions account, string accountKey, string? pageMarker) =>
        new("list lines", HttpMethod.Get,
            DirectoryAddress(account, accountKey, $"/lines{PageQuery('?', pageMarker)}"), RepeatClass.Safe);

    public override (IReadOnlyList<Line> Lines, string? NextPageMarker) ReadLines(ApiReply reply) =>
        ReadPage(reply, item => ReadLine(item, reply));

    public override ApiRequest ListUsers(GoToAccountOptions account, string accountKey, string? pageMarker) =>
        new("list users", HttpMethod.Get,
            DirectoryAddress(account, accountKey, $"/users{PageQuery('?', pageMarker)}"), RepeatClass.Safe);

    public override (IReadOnlyList<User> Users, string? NextPageMarker) ReadUsers(ApiReply reply) =>
        ReadPage(reply, item => new User(
            item.Text("userKey") ?? item.Text("userId") ?? item.Text("id")
                ?? throw reply.Broken("a user lacks 'userKey'", "userKey"),
            item.Text("userName") ?? item.Text("name"),
            [.. item.Objects("lines").Select(line => ReadLine(line, reply))]));

    public override ApiRequest GetLine(GoToAccountOptions account, string accountKey, string lineId) =>
        new("get line", HttpMethod.Get,
            DirectoryAddress(account, accountKey, $"/lines/{ApiAddress.Segment(lineId)}"), RepeatClass.Safe);

    public override Line ReadLine(ApiReply reply) => ReadLine(reply.RequireObject(), reply);

    private static Line ReadLine(JsonElement json, ApiReply reply) => new(
        json.Text("lineId") ?? json.Text("id") ?? throw reply.Broken("a line lacks 'lineId'", "lineId"),
        json.Text("extension"),
        json.Text("displayName") ?? json.Text("name"),
        json.Text("type"),
        json.Text("status"),
        [.. json.Objects("phoneNumbers")
            .Where(number => !string.IsNullOrEmpty(number.Text("number")))
            .Select(number => new LinePhoneNumber(Arch002Words.Number(number.Text("number"))!, number.Text("type")))]);

    private static Uri EventsAddress(GoToAccountOptions account, string rest) =>
        ApiAddress.Join(account.CallEventsAddress, $"/notifications{rest}");

    private static Uri DirectoryAddress(GoToAccountOptions account, string accountKey, string rest) =>
        ApiAddress.Join(account.UsersAddress, $"/accounts/{ApiAddress.Segment(accountKey)}{rest}");
}
