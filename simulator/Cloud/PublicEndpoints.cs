using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// GoTo's public API as far as public evidence goes (decisions part a), beside the specification's and over the same
/// calls: notification channels, devices with their extensions, call control by other methods, subscriptions with a 207.
/// </summary>
internal static class PublicEndpoints
{
    public static void MapPublic(this IEndpointRouteBuilder routes, CloudState state)
    {
        MapChannels(routes, state);
        MapDevices(routes, state);
        MapCalls(routes, state);
        MapDirectory(routes, state);
    }

    /// <summary>Places a call whose offer is the client's; the reply carries the answer.</summary>
    public static async Task<JsonObject> Place(CloudState state, CloudAccount account, JsonObject body, string key)
    {
        var sdp = body.Text("sdp") ?? throw CloudRefusal.BadRequest("'sdp' is missing.", "INVALID_SDP");
        if (!state.Devices.Has(account, body.Text("deviceId")))
            throw CloudRefusal.NotFound("DEVICE_NOT_FOUND", "The device is not registered.");
        var line = account.Lines.FirstOrDefault(line => line.Extension == body.Text("extensionNumber"))
            ?? throw CloudRefusal.NotFound("EXTENSION_NOT_FOUND", "The account has no such extension.");
        var call = await state.Calls.Place(
            account, CloudDialString.Parse(body.Text("dialString")), callerId: null, line.Id, key, sdp);
        var id = (string)call["callId"]!;
        // A far end that never said anything: its call is over, and its caller is told by the event.
        var answer = call.Text("sdpAnswer") ?? CloudSdp.Answer(id, sdp);
        return new JsonObject { ["id"] = id, ["legId"] = call.Text("legId"), ["sdp"] = answer };
    }

    private static void MapChannels(IEndpointRouteBuilder routes, CloudState state)
    {
        var group = routes.MapGroup("/notification-channel/v1/channels/{nickname}");
        group.MapPost("", async (HttpContext context, string nickname) =>
        {
            var account = state.Tokens.Authorize(context, CloudScopes.Events);
            var body = await context.ReadJson();
            if (body.Text("channelType") is not ("WebSockets" or "WebSocket"))
                throw CloudRefusal.BadRequest("'channelType' must be WebSockets.");
            var (channelId, expiresAt) = state.Channels.Create(account, isPublic: true);
            await context.Reply(ChannelReply(context, state, nickname, channelId, expiresAt), StatusCodes.Status201Created);
        });
        group.MapPut("/{channelId}", (HttpContext context, string nickname, string channelId) =>
        {
            var until = state.Channels.Refresh(state.Tokens.Authorize(context, CloudScopes.Events), channelId);
            return context.Reply(ChannelReply(context, state, nickname, channelId, until));
        });
        group.MapDelete("/{channelId}", (HttpContext context, string channelId) =>
        {
            state.Channels.Delete(state.Tokens.Authorize(context, CloudScopes.Events), channelId);
            return Nothing(context);
        });
        routes.MapPost("/call-events/v1/subscriptions", async (HttpContext context) =>
        {
            var account = state.Tokens.Authorize(context, CloudScopes.Events);
            var body = await context.ReadJson();
            var channelId = body.Text("channelId") ?? throw CloudRefusal.BadRequest("'channelId' is missing.");
            var items = new JsonArray();
            foreach (var item in (body["accountKeys"] as JsonArray ?? []).OfType<JsonObject>())
            {
                // Each account has a status of its own.
                var mine = item.Text("id") == account.Key;
                if (mine)
                    state.Channels.Subscribe(account, channelId, null, null);
                items.Add((JsonNode)new JsonObject
                {
                    ["id"] = item.Text("id"), ["status"] = mine ? 200 : 403,
                    ["message"] = mine ? "OK" : "Not your account.", ["errorCode"] = mine ? null : "UNAUTHORIZED",
                });
            }

            await context.Reply(new JsonObject { ["accountKeys"] = items }, StatusCodes.Status207MultiStatus);
        });
        routes.MapDelete("/call-events/v1/subscriptions", (HttpContext context) =>
        {
            state.Channels.UnsubscribeAll(
                state.Tokens.Authorize(context, CloudScopes.Events), context.Request.Query["channelId"].ToString());
            return Nothing(context);
        });
    }

    private static void MapDevices(IEndpointRouteBuilder routes, CloudState state)
    {
        routes.MapPost("/web-calls/v1/devices", async (HttpContext context) =>
        {
            var account = state.Tokens.Authorize(context, CloudScopes.Calls);
            var body = await context.ReadJson();
            var device = (body["clientInformation"] as JsonObject)?.Text("deviceId")
                ?? throw CloudRefusal.BadRequest("'clientInformation.deviceId' is missing.");
            var channel = (body["callbackReference"] as JsonObject)?.Text("incomingCallChannelId")
                ?? throw CloudRefusal.BadRequest("'callbackReference.incomingCallChannelId' is missing.");
            state.Channels.Check(channel, account);
            state.Devices.Register(account, device, channel);
            await context.Reply(new JsonObject { ["deviceId"] = device }, StatusCodes.Status201Created);
        });
        routes.MapPost("/web-calls/v1/devices/{deviceId}/extensions", async (HttpContext context, string deviceId) =>
        {
            var account = state.Tokens.Authorize(context, CloudScopes.Calls);
            var body = await context.ReadJson();
            if (body.Text("organizationId") is null)
                throw CloudRefusal.BadRequest("'organizationId' is missing.");
            state.Devices.Ring(account, deviceId, [.. (body["extensions"] as JsonArray ?? []).OfType<JsonObject>()
                .Select(extension => extension.Text("number") ?? throw CloudRefusal.BadRequest("'number' is missing."))]);
            await Nothing(context);
        });
        routes.MapDelete("/web-calls/v1/devices/{deviceId}", (HttpContext context, string deviceId) =>
        {
            state.Devices.Unregister(state.Tokens.Authorize(context, CloudScopes.Calls), deviceId);
            return Nothing(context);
        });
    }

    private static void MapCalls(IEndpointRouteBuilder routes, CloudState state)
    {
        var calls = state.Calls;
        var group = routes.MapGroup("/web-calls/v1/calls/{callId}");
        group.MapDelete("", (HttpContext context, string callId) =>
        {
            calls.HangUp(Account(context), callId, null);
            return Nothing(context);
        });
        group.MapPost("/reject", (HttpContext context, string callId) =>
        {
            calls.HangUp(Account(context), callId, "rejected");
            return Nothing(context);
        });
        group.MapPost("/hold", (HttpContext context, string callId) =>
        {
            calls.Hold(Account(context), callId);
            return Nothing(context);
        });
        group.MapPost("/unhold", (HttpContext context, string callId) =>
        {
            calls.Resume(Account(context), callId);
            return Nothing(context);
        });
        group.MapPost("/mute", (HttpContext context, string callId) =>
        {
            calls.Mute(Account(context), callId, muted: true);
            return Nothing(context);
        });
        group.MapPost("/unmute", (HttpContext context, string callId) =>
        {
            calls.Mute(Account(context), callId, muted: false);
            return Nothing(context);
        });

        CloudAccount Account(HttpContext context) => state.Tokens.Authorize(context, CloudScopes.Calls);
    }

    private static void MapDirectory(IEndpointRouteBuilder routes, CloudState state)
    {
        routes.MapGet("/users/v1/lines", (HttpContext context) =>
        {
            var account = state.Tokens.Authorize(context, CloudScopes.Lines);
            return context.Reply(DirectoryEndpoints.Page(context, account.Lines.Select(ToJson)));
        });
        routes.MapGet("/users/v1/users", (HttpContext context) =>
        {
            var account = state.Tokens.Authorize(context, CloudScopes.Lines);
            return context.Reply(DirectoryEndpoints.Page(context,
            [
                new JsonObject
                {
                    ["userKey"] = $"9{account.Key}", ["userName"] = account.Username,
                    ["lines"] = new JsonArray([.. account.Lines.Select(line => (JsonNode)ToJson(line))]),
                },
            ]));
        });
    }

    private static JsonObject ToJson(CloudLine line) => new()
    {
        ["id"] = line.Id, ["name"] = line.DisplayName, ["number"] = line.Extension, ["primary"] = true,
    };

    private static JsonObject ChannelReply(
        HttpContext context, CloudState state, string nickname, string channelId, DateTimeOffset expiresAt) => new()
    {
        ["channelId"] = channelId,
        ["channelNickname"] = nickname,
        ["channelData"] = new JsonObject
        {
            ["channelType"] = "WebSockets",
            ["channelURL"] = $"{(context.Request.IsHttps ? "wss" : "ws")}://{context.Request.Host}"
                + $"/v1/notifications?channelId={channelId}",
            ["isConnected"] = false,
        },
        ["channelLifetime"] = (int)(expiresAt - state.Time.GetUtcNow()).TotalSeconds,
    };

    private static Task Nothing(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
