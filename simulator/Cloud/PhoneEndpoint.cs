using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GoTo.Simulator.Cloud;

/// <summary>The phone socket and the page with a phone in it. What they say is in the simulator's README.</summary>
internal static class PhoneEndpoint
{
    public static void MapPhone(this IEndpointRouteBuilder routes, CloudState state)
    {
        routes.MapGet("/phone", (HttpContext context) => Serve(context, state));
        routes.MapGet("/phone.html", (HttpContext context) => Page(context, state));
        routes.MapGet("/", (HttpContext context) =>
        {
            context.Response.Redirect("/phone.html");
            return Task.CompletedTask;
        });
    }

    private static async Task Serve(HttpContext context, CloudState state)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw CloudRefusal.BadRequest("This is a WebSocket endpoint.");
        var socket = new CloudSocket(context);
        var phone = new SocketPhone(socket, state.Calls);
        await socket.Run(phone.Hear, state.Stopping, phone.Gone);
    }

    private static async Task Page(HttpContext context, CloudState state)
    {
        using var stream = typeof(PhoneEndpoint).Assembly.GetManifestResourceStream("phone.html")!;
        using var reader = new StreamReader(stream);
        var page = await reader.ReadToEndAsync(context.RequestAborted);
        var number = state.Options.Accounts.SelectMany(account => account.Lines).SelectMany(line => line.Numbers)
            .FirstOrDefault("");
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(
            page.Replace("{{number}}", System.Net.WebUtility.HtmlEncode(number), StringComparison.Ordinal),
            context.RequestAborted);
    }
}

/// <summary>A phone at the other end of a phone socket: one call at a time, any number one after the other.</summary>
internal sealed partial class SocketPhone(CloudSocket socket, CloudCalls calls) : IPhone
{
    private readonly Lock _gate = new();
    private string? _callId;

    public void Tell(JsonObject message)
    {
        lock (_gate)
        {
            // The call may ring and end before Dial returns, so its id is taken from what is told.
            _callId = message.Text("type") switch
            {
                "ringing" or "ring" => message.Text("callId"),
                "ended" when message.Text("callId") == _callId => null,
                _ => _callId,
            };
        }

        socket.Send(message);
    }

    /// <summary>Takes one message of the phone; a bad one gets an error and changes nothing.</summary>
    public void Hear(string text)
    {
        try
        {
            Obey(Parse(text));
        }
        catch (CloudRefusal refusal)
        {
            socket.Send(new JsonObject
            {
                ["type"] = "error",
                ["code"] = refusal.Code,
                ["message"] = refusal.Message,
            });
        }
    }

    /// <summary>The socket is closed: the caller has hung up.</summary>
    public void Gone()
    {
        calls.Unregister(this);
        if (Current() is { } callId)
            calls.RemoteHangUp(callId);
    }

    private void Obey(JsonObject message)
    {
        switch (message.Text("type"))
        {
            case "dial":
                if (Current() is not null)
                    throw CloudRefusal.Conflict("BUSY", "This phone has a call already.");
                calls.Dial(this, Number(message, "from"), Number(message, "to"), message.Text("sdp")
                    ?? throw CloudRefusal.BadRequest("'sdp' is missing: send the phone's SDP offer."));
                break;
            case "register":
                var number = message.Text("number");
                if (number is null || !(E164().IsMatch(number) || Extension().IsMatch(number)))
                    throw CloudRefusal.BadRequest("'number' must be a number in E.164 or an extension.");
                calls.Register(number, this);
                socket.Send(new JsonObject { ["type"] = "registered", ["number"] = number });
                break;
            case "offer":
                calls.Offer(RequireCall(), message.Text("sdp"));
                break;
            case "media-answer":
                calls.AnswerMedia(RequireCall(), message.Text("sdp"));
                break;
            case "answer":
                calls.AnswerFarEnd(RequireCall());
                break;
            case "reject":
                calls.RejectFarEnd(RequireCall(), message.Text("reason"));
                break;
            case "hangup":
                calls.RemoteHangUp(RequireCall());
                break;
            case "dtmf":
                calls.RemoteDtmf(RequireCall(), message.Text("digit"), message.Integer("durationMs"));
                break;
            case "candidate":
                calls.RemoteCandidate(
                    RequireCall(),
                    message.Text("candidate") ?? throw CloudRefusal.BadRequest("'candidate' is missing."),
                    message.Text("sdpMid"),
                    message.Integer("sdpMLineIndex"));
                break;
            case "bridge-offer" or "bridge-answer":
                calls.Signal(
                    this,
                    message.Text("type")!,
                    message.Text("bridge") ?? throw CloudRefusal.BadRequest("'bridge' is missing."),
                    message.Text("sdp"));
                break;
            default:
                throw CloudRefusal.BadRequest(
                    "'type' must be dial, register, offer, media-answer, answer, reject, hangup, dtmf, candidate, "
                    + "bridge-offer or bridge-answer.");
        }
    }

    private string? Current()
    {
        lock (_gate)
            return _callId;
    }

    private string RequireCall() => Current() ?? throw CloudRefusal.Conflict("NO_CALL", "This phone has no call.");

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject
                ?? throw CloudRefusal.BadRequest("The message must be a JSON object.", "MALFORMED_REQUEST");
        }
        catch (JsonException)
        {
            throw CloudRefusal.BadRequest("The message is not JSON.", "MALFORMED_REQUEST");
        }
    }

    // An empty "from" is a caller who withholds the number.
    private static string Number(JsonObject message, string field)
    {
        var number = message.Text(field);
        if (field == "from" && string.IsNullOrEmpty(number))
            return "";
        return number is not null && E164().IsMatch(number)
            ? number
            : throw CloudRefusal.BadRequest($"'{field}' must be a number in E.164, such as +15555550100.");
    }

    [GeneratedRegex(@"^\+[1-9]\d{6,14}$")]
    private static partial Regex E164();

    [GeneratedRegex(@"^\d{2,8}$")]
    private static partial Regex Extension();
}
