using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Channels, subscriptions and the event WebSocket (specification sections 6.2 to 6.4, 6.7 and 14.3).
/// </summary>
internal static class EventEndpoints
{
    public static void MapCallEvents(this IEndpointRouteBuilder routes, CloudState state)
    {
        var group = routes.MapGroup("/call-events/v1/notifications");
        group.MapPost("/channels", (HttpContext context) =>
        {
            var (channelId, expiresAt) = state.Channels.Create(state.Tokens.Authorize(context, CloudScopes.Events));
            var scheme = context.Request.IsHttps ? "wss" : "ws";
            return context.Reply(new JsonObject
            {
                ["channelId"] = channelId,
                ["websocketUrl"] = $"{scheme}://{context.Request.Host}/v1/notifications?channelId={channelId}",
                ["expiresAt"] = CloudReplies.Moment(expiresAt),
            });
        });
        group.MapDelete("/channels/{channelId}", (HttpContext context, string channelId) =>
        {
            state.Channels.Delete(state.Tokens.Authorize(context, CloudScopes.Events), channelId);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        group.MapPost("/subscriptions", async (HttpContext context) =>
        {
            var account = state.Tokens.Authorize(context, CloudScopes.Events);
            var body = await context.ReadJson();
            var channelId = body.Text("channelId") ?? throw CloudRefusal.BadRequest("'channelId' is missing.");
            var types = body.Words("eventTypes");
            var lines = body.Words("lineIds");
            await context.Reply(new JsonObject
            {
                ["subscriptionId"] = state.Channels.Subscribe(account, channelId, types, lines),
                ["channelId"] = channelId,
                ["eventTypes"] = (types ?? []).ToJson(),
                ["lineIds"] = (lines ?? []).ToJson(),
                ["createdAt"] = CloudReplies.Moment(state.Time.GetUtcNow()),
            });
        });
        group.MapDelete("/subscriptions/{subscriptionId}", (HttpContext context, string subscriptionId) =>
        {
            state.Channels.Unsubscribe(state.Tokens.Authorize(context, CloudScopes.Events), subscriptionId);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        routes.MapGet("/v1/notifications", (HttpContext context) => Serve(context, state));
    }

    /// <summary>
    /// The event WebSocket. The token may come in the header, in the query, or not at all (decision E15); one that
    /// comes must be good.
    /// </summary>
    private static async Task Serve(HttpContext context, CloudState state)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw CloudRefusal.BadRequest("This is a WebSocket endpoint.");
        var inQuery = context.Request.Query["token"].ToString();
        var account = inQuery.Length > 0
            ? state.Tokens.Authorize(inQuery)
            : context.Request.Headers.Authorization.Count > 0 ? state.Tokens.Authorize(context) : null;
        var channelId = context.Request.Query["channelId"].ToString();
        state.Channels.Check(channelId, account);
        var socket = new CloudSocket(context);
        // Before it is accepted: an event may be due as soon as the client finds its socket open.
        state.Channels.Attach(channelId, socket);
        try
        {
            await socket.Run(_ => { }, state.Stopping);
        }
        finally
        {
            state.Channels.Detach(channelId, socket);
        }
    }
}
