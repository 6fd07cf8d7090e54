using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoTo.Api;

/// <summary>
/// GoTo's public API as far as public evidence goes (decisions part a): guides, samples and other people's clients.
/// <b>Unverified against the live service.</b> We make the SDP offer of an outbound call; a device is registered for each
/// channel; hold, mute and the rest reply with nothing, so what becomes of them is told by events.
/// </summary>
internal sealed class GoToPublicDialect : Dialect
{
    private const string Nickname = "orleans-goto";

    // The portal's list of scopes (part a.1); the call events guide asks for both call-events scopes.
    public override IReadOnlyList<string> RequiredScopes { get; } =
    [
        "webrtc.v1.read", "webrtc.v1.write", "call-events.v1.notifications.manage", "call-events.v1.events.read",
        "call-control.v1.calls.control", "users.v1.lines.read", "users.v1.read",
    ];

    // "10 requests per second", "applied per API".
    public override RequestLimits Limits { get; } = new(
        new(10, TimeSpan.FromSeconds(1)), new(10, TimeSpan.FromSeconds(1)), new(10, TimeSpan.FromSeconds(1)));

    public override SdpOfferer OutboundOfferer => SdpOfferer.Client;

    public override bool OneToneARequest => true;

    public override ApiRequest Answer(GoToAccountOptions account, string callId, string sdpAnswer) =>
        Post("answer call", account, callId, "/answer", RepeatClass.Never, new JsonObject { ["sdp"] = sdpAnswer });

    public override ApiRequest HangUp(GoToAccountOptions account, string callId, HangUpReason reason) =>
        reason == HangUpReason.Normal
            ? new("hang up call", HttpMethod.Delete, CallAddress(account, callId, ""), RepeatClass.Idempotent)
            : Reject(account, callId) with { Operation = "hang up call" };

    public override ApiRequest Reject(GoToAccountOptions account, string callId) => Post(
        "reject call", account, callId, "/reject", RepeatClass.Idempotent, new JsonObject { ["action"] = "REJECT" });

    public override ApiRequest Dial(GoToAccountOptions account, OutboundCall call)
    {
        var json = new JsonObject
        {
            ["deviceId"] = DeviceId(account),
            ["organizationId"] = account.OrganizationId,
            ["extensionNumber"] = call.LineId,
            ["dialString"] = call.To.ToString(),
            ["sdp"] = call.SdpOffer ?? throw new ArgumentException(
                "In the dialect goto-public the caller makes the SDP offer: set SdpOffer.", nameof(call)),
        };
        return new ApiRequest(
            "dial", HttpMethod.Post, ApiAddress.Join(account.WebCallsAddress, "/calls"), RepeatClass.Never)
        {
            Json = json,
            IdempotencyKey = call.IdempotencyKey,
        };
    }

    public override ApiRequest Hold(GoToAccountOptions account, string callId, bool held) => Post(
        held ? "hold call" : "resume call", account, callId, held ? "/hold" : "/unhold", RepeatClass.Idempotent);

    public override ApiRequest Mute(GoToAccountOptions account, string callId, bool muted) => Post(
        muted ? "mute call" : "unmute call", account, callId, muted ? "/mute" : "/unmute", RepeatClass.Idempotent);

    public override ApiRequest SendDtmf(
        GoToAccountOptions account, string callId, string digits, TimeSpan tone, TimeSpan gap) =>
        Post("send DTMF", account, callId, "/dtmf", RepeatClass.Never, new JsonObject { ["tone"] = digits });

    public override ApiRequest BlindTransfer(GoToAccountOptions account, string callId, DialString target) => Post(
        "blind transfer", account, callId, "/blind-transfer", RepeatClass.Never,
        new JsonObject { ["dialString"] = target.ToString() });

    public override ApiRequest WarmTransfer(GoToAccountOptions account, string callId, string referId) => Post(
        "warm transfer", account, callId, "/warm-transfer", RepeatClass.Never,
        new JsonObject { ["referId"] = referId });

    public override ApiRequest Merge(GoToAccountOptions account, string callId, string referId) => Post(
        "merge calls", account, callId, "/merge", RepeatClass.Never, new JsonObject { ["referId"] = referId });

    // Trickle was not found in the public API: the whole SDP goes at once.
    public override ApiRequest? SendIceCandidate(
        GoToAccountOptions account, string callId, IceCandidateLine candidate) => null;

    public override CallSnapshot ReadDialled(ApiReply reply) => ReadCall(reply, reply.RequireText("id", "callId")) with
    {
        State = CallState.Dialing,
        SdpAnswer = reply.RequireText("sdp"),
    };

    public override ApiRequest GetCall(GoToAccountOptions account, string callId) =>
        new("get call", HttpMethod.Get, CallAddress(account, callId, ""), RepeatClass.Safe);

    public override CallSnapshot ReadCall(ApiReply reply, string callId)
    {
        if (reply.Json is not { } json)
            return new CallSnapshot { CallId = callId };
        if (json.ValueKind != JsonValueKind.Object)
            throw reply.Broken("the reply is not a JSON object");
        var state = json.Text("state") ?? json.Text("status");
        var reason = json.Text("endReason") ?? json.Text("reason");
        return new CallSnapshot
        {
            CallId = json.Text("id") ?? json.Text("callId") ?? callId,
            LegId = json.Text("legId"),
            State = state is null ? null : Arch002Words.State(state),
            RawState = state,
            Direction = json.Text("direction") is { } direction ? Arch002Words.Direction(direction) : null,
            From = Arch002Words.Number(json.Text("from")),
            To = Arch002Words.Number(json.Text("to")),
            LineId = json.Text("extensionNumber") ?? json.Text("lineId"),
            SdpOffer = json.Text("sdpOffer"),
            SdpAnswer = json.Text("sdpAnswer"),
            CreatedAt = json.Moment("createdAt"),
            AnsweredAt = json.Moment("answeredAt"),
            EndedAt = json.Moment("endedAt"),
            EndReason = reason is null ? null : Arch002Words.EndReason(reason),
            RawEndReason = reason,
        };
    }

    public override ApiRequest CreateChannel(GoToAccountOptions account) => new(
        "create channel", HttpMethod.Post,
        ApiAddress.Join(account.NotificationChannelAddress, $"/channels/{Nickname}"), RepeatClass.Never)
    {
        Json = new JsonObject { ["channelType"] = "WebSockets" },
    };

    public override ApiRequest DeleteChannel(GoToAccountOptions account, string channelId) => new(
        "delete channel", HttpMethod.Delete,
        ApiAddress.Join(
            account.NotificationChannelAddress, $"/channels/{Nickname}/{ApiAddress.Segment(channelId)}"),
        RepeatClass.Idempotent);

    public override ApiRequest? RefreshChannel(GoToAccountOptions account, string channelId) => new(
        "refresh channel", HttpMethod.Put,
        ApiAddress.Join(
            account.NotificationChannelAddress, $"/channels/{Nickname}/{ApiAddress.Segment(channelId)}"),
        RepeatClass.Idempotent);

    public override ChannelDemand Demand(GoToEvent message) => message.Type switch
    {
        "WEBSOCKET_REFRESH_REQUIRED" => ChannelDemand.Refresh,
        "WEBSOCKET_TO_BE_CLOSED" => ChannelDemand.Replace,
        _ => ChannelDemand.None,
    };

    public override NotificationChannel ReadChannel(ApiReply reply, GoToAccountOptions account, DateTimeOffset now)
    {
        var json = reply.RequireObject();
        var address = json.Field("channelData")?.Text("channelURL");
        if (string.IsNullOrEmpty(address))
            throw reply.Broken("the reply lacks 'channelData.channelURL'", "channelURL");
        // channelLifetime differs from account to account and is never to be taken for granted.
        return Channel(
            reply, account.NotificationChannelAddress, reply.RequireText("channelId"), address, "channelURL",
            json.Seconds("channelLifetime") is { } life ? now + life : null);
    }

    /// <summary>A device whose calls and their events come to the channel, with the extensions it rings for.</summary>
    public override IReadOnlyList<ApiRequest> Register(GoToAccountOptions account, string channelId)
    {
        var device = DeviceId(account);
        return
        [
            new ApiRequest(
                "register device", HttpMethod.Post, ApiAddress.Join(account.WebCallsAddress, "/devices"),
                RepeatClass.Idempotent)
            {
                Json = new JsonObject
                {
                    ["clientInformation"] = new JsonObject
                    {
                        ["deviceId"] = device, ["appId"] = Nickname, ["appVersion"] = "1", ["platform"] = "INTEGRATOR",
                    },
                    ["callbackReference"] = new JsonObject
                    {
                        ["incomingCallChannelId"] = channelId, ["sessionManagementChannelId"] = channelId,
                    },
                },
            },
            new ApiRequest(
                "register extensions", HttpMethod.Post,
                ApiAddress.Join(account.WebCallsAddress, $"/devices/{ApiAddress.Segment(device)}/extensions"),
                RepeatClass.Idempotent)
            {
                Json = new JsonObject
                {
                    ["organizationId"] = account.OrganizationId,
                    ["extensions"] = new JsonArray(
                        [.. account.Extensions.Select(number => (JsonNode)new JsonObject { ["number"] = number })]),
                },
            },
        ];
    }

    public override ApiRequest? Unregister(GoToAccountOptions account) => new(
        "unregister device", HttpMethod.Delete,
        ApiAddress.Join(account.WebCallsAddress, $"/devices/{ApiAddress.Segment(DeviceId(account))}"),
        RepeatClass.Idempotent);

    public override ApiRequest Subscribe(
        GoToAccountOptions account, string channelId, IReadOnlyList<string> types, IReadOnlyList<string> lines) =>
        new("subscribe to events", HttpMethod.Post, ApiAddress.Join(account.CallEventsAddress, "/subscriptions"),
            RepeatClass.Never)
        {
            Json = new JsonObject
            {
                ["channelId"] = channelId,
                ["accountKeys"] = new JsonArray(new JsonObject
                {
                    ["id"] = account.AccountKey, ["events"] = new JsonArray("STARTING", "ACTIVE", "ENDING"),
                }),
            },
        };

    // The reply is a 207: each account has a status of its own, and there is no subscription id.
    public override EventSubscription ReadSubscription(
        ApiReply reply, string channelId, IReadOnlyList<string> types, IReadOnlyList<string> lines)
    {
        foreach (var item in reply.RequireObject().Objects("accountKeys"))
        {
            // 409: it exists already, which is what was wanted.
            if (item.Integer("status") is { } status and not ((>= 200 and < 300) or 409))
            {
                throw ErrorMap.ToException(
                    new ApiFailure(
                        reply.Operation, (System.Net.HttpStatusCode)status, Redaction.Scrub(item.Text("message")),
                        item.Text("errorCode")),
                    RepeatClass.Never, retryAfter: null);
            }
        }

        return new EventSubscription(channelId, channelId, types, lines);
    }

    public override ApiRequest Unsubscribe(GoToAccountOptions account, string subscriptionId) => new(
        "unsubscribe", HttpMethod.Delete,
        ApiAddress.Join(
            account.CallEventsAddress,
            $"/subscriptions?channelId={Uri.EscapeDataString(subscriptionId)}"
            + $"&accountKey={Uri.EscapeDataString(account.AccountKey ?? "")}"),
        RepeatClass.Idempotent);

    // The channel's address is proof enough and takes no token.
    public override EventTokenPlacement TokenPlacement(GoToAccountOptions account) => EventTokenPlacement.None;

    public override GoToEvent ReadEvent(ReadOnlyMemory<byte> message) => PublicEventDecoder.Decode(message);

    public override Func<ReadOnlyMemory<byte>, IReadOnlyList<GoToEvent>> NewReader() => new PublicEventReader().Read;

    public override ApiRequest ListLines(GoToAccountOptions account, string accountKey, string? pageMarker) => new(
        "list lines", HttpMethod.Get, ApiAddress.Join(account.UsersAddress, $"/lines{PageQuery('?', pageMarker)}"),
        RepeatClass.Safe);

    public override (IReadOnlyList<Line> Lines, string? NextPageMarker) ReadLines(ApiReply reply) =>
        ReadPage(reply, item => ReadLine(item, reply));

    public override ApiRequest ListUsers(GoToAccountOptions account, string accountKey, string? pageMarker) => new(
        "list users", HttpMethod.Get,
        ApiAddress.Join(
            account.UsersAddress, $"/users?accountKey={Uri.EscapeDataString(accountKey)}{PageQuery('&', pageMarker)}"),
        RepeatClass.Safe);

    public override (IReadOnlyList<User> Users, string? NextPageMarker) ReadUsers(ApiReply reply) =>
        ReadPage(reply, item => new User(
            item.Text("userKey") ?? item.Text("userId") ?? throw reply.Broken("a user lacks 'userKey'", "userKey"),
            item.Text("userName") ?? item.Text("name"),
            [.. item.Objects("lines").Select(line => ReadLine(line, reply))]));

    // Not found in the public API: looked for in the list.
    public override ApiRequest? GetLine(GoToAccountOptions account, string accountKey, string lineId) => null;

    public override Line ReadLine(ApiReply reply) => ReadLine(reply.RequireObject(), reply);

    // Its numbers are of another API (voice-admin), and may lead to a dial plan instead of a line.
    private static Line ReadLine(JsonElement json, ApiReply reply) => new(
        json.Text("id") ?? json.Text("lineId") ?? throw reply.Broken("a line lacks 'id'", "id"),
        json.Text("number") ?? json.Text("extension"),
        json.Text("name"),
        Type: null,
        Status: null,
        PhoneNumbers: []);

    private static string DeviceId(GoToAccountOptions account) => account.DeviceId ?? $"orleans-goto-{account.ClientId}";

    private static ApiRequest Post(
        string operation, GoToAccountOptions account, string callId, string rest, RepeatClass repeat,
        JsonObject? json = null) =>
        new(operation, HttpMethod.Post, CallAddress(account, callId, rest), repeat) { Json = json };
}
