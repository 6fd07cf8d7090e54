namespace GoTo.Simulator.Cloud;

/// <summary>The Web Calls API (specification sections 4.2, 5.1 and 14.2), as far as an inbound call needs it.</summary>
internal static class CallEndpoints
{
    public static void MapWebCalls(this IEndpointRouteBuilder routes, CloudState state)
    {
        var calls = state.Calls;
        var group = routes.MapGroup("/web-calls/v1/calls/{callId}");
        group.MapGet("", (HttpContext context, string callId) =>
            context.Reply(calls.Get(Account(context), callId)));
        group.MapPost("/answer", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            await context.Reply(calls.Answer(account, callId, body.Text("sdpAnswer")));
        });
        group.MapPost("/hangup", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            await context.Reply(calls.HangUp(account, callId, body.Text("reason")));
        });
        group.MapPut("/hold", (HttpContext context, string callId) =>
            context.Reply(calls.Hold(Account(context), callId)));
        group.MapPut("/resume", (HttpContext context, string callId) =>
            context.Reply(calls.Resume(Account(context), callId)));
        group.MapPut("/mute", (HttpContext context, string callId) =>
            context.Reply(calls.Mute(Account(context), callId, muted: true)));
        group.MapPut("/unmute", (HttpContext context, string callId) =>
            context.Reply(calls.Mute(Account(context), callId, muted: false)));
        group.MapPost("/dtmf", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            await context.Reply(calls.SendDtmf(account, callId, body.Text("digits"), body.Integer("durationMs")));
        });
        group.MapPost("/ice-candidates", async (HttpContext context, string callId) =>
        {
            var account = Account(context);
            var body = await context.ReadJson();
            var candidate = body.Text("candidate") ?? throw CloudRefusal.BadRequest("'candidate' is missing.");
            calls.SendCandidate(account, callId, candidate, body.Text("sdpMid"), body.Integer("sdpMLineIndex"));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });

        CloudAccount Account(HttpContext context) => state.Tokens.Authorize(context);
    }
}
