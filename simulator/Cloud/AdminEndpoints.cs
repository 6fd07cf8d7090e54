using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// What a test needs and GoTo does not offer, under <c>/_sim</c> and without a token: looking at the state, acting as
/// the far end, and breaking things.
/// </summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder routes, CloudState state)
    {
        var group = routes.MapGroup("/_sim");
        group.MapGet("/state", (HttpContext context) => context.Reply(new JsonObject
        {
            ["calls"] = state.Calls.ToJson(),
            ["channels"] = state.Channels.ToJson(),
            ["devices"] = state.Devices.Count,
            ["accessTokens"] = state.Tokens.Count,
            ["faultsToCome"] = state.Faults.ToCome,
        }));
        group.MapPost("/calls", async (HttpContext context) =>
        {
            var body = await context.ReadJson();
            var callId = state.Calls.Dial(
                phone: null,
                body.Text("from") ?? "",
                body.Text("to") ?? throw CloudRefusal.BadRequest("'to' is missing."),
                body.Text("sdp") ?? throw CloudRefusal.BadRequest("'sdp' is missing."));
            await context.Reply(new JsonObject { ["callId"] = callId }, StatusCodes.Status201Created);
        });
        group.MapPost("/calls/{callId}/hangup", (HttpContext context, string callId) =>
        {
            state.Calls.RemoteHangUp(callId);
            return Done(context);
        });
        group.MapPost("/calls/{callId}/dtmf", async (HttpContext context, string callId) =>
        {
            var body = await context.ReadJson();
            state.Calls.RemoteDtmf(callId, body.Text("digit"), body.Integer("durationMs"));
            await Done(context);
        });
        group.MapGet("/calls/{callId}/voicemail", (HttpContext context, string callId) =>
        {
            var message = state.Calls.Voicemail.Wav(callId);
            context.Response.ContentType = "audio/wav";
            return context.Response.Body.WriteAsync(message, context.RequestAborted).AsTask();
        });
        group.MapPost("/calls/{callId}/recording", async (HttpContext context, string callId) =>
        {
            var body = await context.ReadJson();
            state.Calls.Record(
                callId, body.Text("status") ?? throw CloudRefusal.BadRequest("'status' is missing."));
            await Done(context);
        });
        group.MapPost("/sockets/drop", async (HttpContext context) =>
        {
            await Count(context, AdminActions.DropSockets(state, await context.ReadJson()));
        });
        group.MapPost("/sockets/stall", async (HttpContext context) =>
        {
            await Count(context, AdminActions.StallSockets(state, await context.ReadJson()));
        });
        group.MapPost("/sockets/send", async (HttpContext context) =>
        {
            using var message = new MemoryStream();
            await context.Request.Body.CopyToAsync(message, context.RequestAborted);
            var type = context.Request.ContentType == "application/octet-stream"
                ? WebSocketMessageType.Binary
                : WebSocketMessageType.Text;
            await Count(context, state.Channels.ForEachSocket(
                null, socket => socket.Send(message.ToArray(), type)));
        });
        group.MapPost("/faults", async (HttpContext context) =>
        {
            var body = await context.ReadJson();
            state.Faults.Add(CloudFault.Read(body), body.Integer("times") ?? 1);
            await Done(context);
        });
        group.MapDelete("/faults", (HttpContext context) =>
        {
            state.Faults.Clear();
            return Done(context);
        });
        group.MapPost("/limits", async (HttpContext context) =>
        {
            AdminActions.Limit(state, await context.ReadJson());
            await Done(context);
        });
        group.MapPost("/network", async (HttpContext context) =>
        {
            state.Network.Set(NetworkConditions.Read(await context.ReadJson()));
            await Done(context);
        });
        group.MapDelete("/network", (HttpContext context) =>
        {
            state.Network.Set(null);
            return Done(context);
        });
        group.MapPost("/far-ends", async (HttpContext context) =>
        {
            state.Calls.FarEnds.Tell(await context.ReadJson());
            await Done(context);
        });
        group.MapGet("/events", (HttpContext context) =>
        {
            context.Response.ContentType = "application/jsonl";
            return context.Response.WriteAsync(state.Channels.EventLog(), context.RequestAborted);
        });
        group.MapPost("/events/faults", async (HttpContext context) =>
        {
            state.Channels.Spoil(EventFaults.Read(await context.ReadJson()));
            await Done(context);
        });
        group.MapPost("/channels/{channelId}/expire", (HttpContext context, string channelId) =>
        {
            state.Channels.Expire(channelId);
            return Done(context);
        });
        group.MapPost("/tokens/expire", async (HttpContext context) =>
        {
            var body = await context.ReadJson();
            state.Tokens.ExpireAll(body.Flag("refreshTokens"));
            await Done(context);
        });
    }

    private static Task Done(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task Count(HttpContext context, int sockets) =>
        context.Reply(new JsonObject { ["sockets"] = sockets });
}
