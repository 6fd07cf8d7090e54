using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>The Web Calls API (specification sections 4.2, 5.1, 5.2 and 14.2).</summary>
internal static class CallEndpoints
{
    public static void MapWebCalls(this IEndpointRouteBuilder routes, CloudState state)
    {
        var calls = state.Calls;
        routes.MapPost("/web-calls/v1/calls", async (HttpContext context) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            if (body.Text("deviceId") is not null)
            {
                await context.Reply(
                    await PublicEndpoints.Place(state, account, body, context.Request.Headers["Idempotency-Key"].ToString()),
                    StatusCodes.Status201Created);
                return;
            }

            await context.Reply(await calls.Place(
                account,
                CloudDialString.Parse(body.Text("dialString")),
                body.Text("callerId"),
                body.Text("lineId") ?? throw CloudRefusal.BadRequest("'lineId' is missing."),
                context.Request.Headers["Idempotency-Key"].ToString()));
        });
        var group = routes.MapGroup("/web-calls/v1/calls/{callId}");
        group.MapGet("", (HttpContext context, string callId) =>
            context.Reply(calls.Get(Account(context), callId)));
        group.MapPost("/answer", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            await context.Reply(calls.Answer(account, callId, body.Text("sdpAnswer") ?? body.Text("sdp")));
        });
        group.MapPost("/hangup", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            await context.Reply(calls.HangUp(account, callId, body.Text("reason")));
        });
        group.MapPut("/hold", (HttpContext context, string callId) =>
            context.Reply(calls.Hold(InControl(context), callId)));
        group.MapPut("/resume", (HttpContext context, string callId) =>
            context.Reply(calls.Resume(InControl(context), callId)));
        group.MapPut("/mute", (HttpContext context, string callId) =>
            context.Reply(calls.Mute(InControl(context), callId, muted: true)));
        group.MapPut("/unmute", (HttpContext context, string callId) =>
            context.Reply(calls.Mute(InControl(context), callId, muted: false)));
        group.MapPost("/dtmf", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            await context.Reply(calls.SendDtmf(
                account, callId,
                body.Text("digits") ?? body.Text("tone"), body.Integer("durationMs"), body.Integer("gapMs")));
        });
        group.MapPost("/blind-transfer", async (HttpContext context, string callId) =>
        {
            var account = InControl(context);
            var body = await context.ReadJson();
            await context.Reply(calls.BlindTransfer(
                account, callId, CloudDialString.Parse(body.Text("dialString"))));
        });
        group.MapPost("/warm-transfer", async (HttpContext context, string callId) =>
        {
            var account = InControl(context);
            await context.Reply(calls.WarmTransfer(account, callId, ReferId(await context.ReadJson())));
        });
        group.MapPost("/merge", async (HttpContext context, string callId) =>
        {
            var account = InControl(context);
            await context.Reply(calls.Merge(account, callId, ReferId(await context.ReadJson())));
        });
        group.MapPost("/ice-candidates", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            var candidate = body.Text("candidate") ?? throw CloudRefusal.BadRequest("'candidate' is missing.");
            calls.SendCandidate(account, callId, candidate, body.Text("sdpMid"), body.Integer("sdpMLineIndex"));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });

        static string ReferId(JsonObject body) =>
            body.Text("referId") ?? throw CloudRefusal.BadRequest("'referId' is missing.");

        CloudAccount Account(HttpContext context) => state.Tokens.Authorize(context, CloudScopes.Calls);

        CloudAccount InControl(HttpContext context) => state.Tokens.Authorize(context, CloudScopes.Control);
    }
}
