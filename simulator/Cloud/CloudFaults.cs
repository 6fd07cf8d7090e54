using System.Globalization;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>What goes wrong with the next requests that match.</summary>
internal sealed record CloudFault
{
    /// <summary>Which requests: those whose path contains this text.</summary>
    public required string Path { get; init; }

    /// <summary>Which requests: those of this method; null means any.</summary>
    public string? Method { get; init; }

    /// <summary>The status in place of the regular reply; null leaves the reply alone.</summary>
    public int? Status { get; init; }

    /// <summary>How a Retry-After header is written: <c>seconds</c>, <c>date</c>, or null for none.</summary>
    public string? RetryAfter { get; init; }

    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>The error body: <c>goto</c>, <c>detail</c>, <c>html</c>, <c>truncated</c> or <c>empty</c>.</summary>
    public string Body { get; init; } = "goto";

    /// <summary>How long the reply takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether the connection is cut in place of a reply.</summary>
    public bool Drop { get; init; }

    /// <summary>Whether the request is carried out all the same, as by a server that only loses its reply.</summary>
    public bool CarryOut { get; init; }

    public bool Fails => Drop || Status is not null;

    /// <exception cref="CloudRefusal">A field is out of bounds.</exception>
    public static CloudFault Read(JsonObject json)
    {
        var fault = new CloudFault
        {
            Path = json.Text("path") ?? throw CloudRefusal.BadRequest("'path' is missing: which requests fail?"),
            Method = json.Text("method"),
            Status = json.Integer("status"),
            RetryAfter = json.Text("retryAfter"),
            RetryAfterSeconds = json.Integer("retryAfterSeconds") ?? 1,
            Body = json.Text("body") ?? "goto",
            Delay = TimeSpan.FromMilliseconds(json.Integer("delayMs") ?? 0),
            Drop = json.Flag("drop"),
            CarryOut = json.Flag("carryOut"),
        };
        if (fault.Status is < 200 or > 599)
            throw CloudRefusal.BadRequest("'status' must be 200 to 599.");
        if (fault.RetryAfter is not (null or "seconds" or "date"))
            throw CloudRefusal.BadRequest("'retryAfter' must be seconds or date.");
        if (fault.Body is not ("goto" or "detail" or "html" or "truncated" or "empty"))
            throw CloudRefusal.BadRequest("'body' must be goto, detail, html, truncated or empty.");
        return fault.Delay >= TimeSpan.Zero ? fault : throw CloudRefusal.BadRequest("'delayMs' must not be negative.");
    }
}

/// <summary>The faults that are still to come, and what they do to a request.</summary>
internal sealed class CloudFaults(TimeProvider time, CloudIds ids)
{
    private readonly Lock _gate = new();
    private readonly List<(CloudFault Fault, int Left)> _faults = [];

    /// <summary>Lets the next so many matching requests fail; faults are used up in the order they came.</summary>
    public void Add(CloudFault fault, int times)
    {
        lock (_gate)
            _faults.Add((fault, times));
    }

    /// <summary>How many requests are still to fail.</summary>
    public int ToCome
    {
        get
        {
            lock (_gate)
                return _faults.Sum(entry => entry.Left);
        }
    }

    public void Clear()
    {
        lock (_gate)
            _faults.Clear();
    }

    public async Task Apply(HttpContext context, RequestDelegate next)
    {
        if (Take(context.Request) is not { } fault)
        {
            await next(context);
            return;
        }

        if (fault is { Fails: true, CarryOut: false })
        {
            await Wait(fault, context);
            await Fail(fault, context);
            return;
        }

        if (context.WebSockets.IsWebSocketRequest)
        {
            await Wait(fault, context);
            await next(context);
            return;
        }

        // Carried out now, told later: that is how a caller gives up on what was done.
        var reply = await HeldReply.Of(context, next);
        await Wait(fault, context);
        if (fault.Fails)
        {
            context.Response.Headers.Clear();
            await Fail(fault, context);
        }
        else
        {
            await reply.Send();
        }
    }

    private CloudFault? Take(HttpRequest request)
    {
        // Not the admin API, which would lock itself out, nor phones.
        if (request.Path.StartsWithSegments("/_sim") || request.Path.StartsWithSegments("/phone"))
            return null;
        lock (_gate)
        {
            var found = _faults.FindIndex(entry =>
                (request.Path.Value ?? "").Contains(entry.Fault.Path, StringComparison.Ordinal)
                && (entry.Fault.Method is null
                    || string.Equals(entry.Fault.Method, request.Method, StringComparison.OrdinalIgnoreCase)));
            if (found < 0)
                return null;
            var (fault, left) = _faults[found];
            if (left > 1)
                _faults[found] = (fault, left - 1);
            else
                _faults.RemoveAt(found);
            return fault;
        }
    }

    private Task Wait(CloudFault fault, HttpContext context) => fault.Delay > TimeSpan.Zero
        ? Task.Delay(fault.Delay, time, context.RequestAborted)
        : Task.CompletedTask;

    private async Task Fail(CloudFault fault, HttpContext context)
    {
        if (fault.Drop)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = fault.Status!.Value;
        if (fault.RetryAfter is { } form)
        {
            context.Response.Headers.RetryAfter = form == "date"
                ? time.GetUtcNow().AddSeconds(fault.RetryAfterSeconds).ToString("R", CultureInfo.InvariantCulture)
                : fault.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        var (type, text) = fault.Body switch
        {
            "empty" => ("text/plain", ""),
            "html" => ("text/html", "<html><body><h1>Bad gateway</h1></body></html>"),
            "detail" => ("application/json", """{"detail":"A fault on request."}"""),
            "truncated" => ("application/json", """{"message":"A fault on req"""),
            _ => ("application/json", CloudReplies.Error("INJECTED_FAULT", "A fault on request.", ids).ToJsonString()),
        };
        context.Response.ContentType = type;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}

/// <summary>What goes wrong with events, each a probability of 0 to 1.</summary>
/// <param name="Duplicate">An event is sent again, byte for byte.</param>
/// <param name="NewId">An event is sent again with an id of its own.</param>
/// <param name="Reorder">An event is sent after the next one.</param>
/// <param name="Late">An event is sent after <paramref name="LateBy"/>.</param>
/// <param name="Lose">An event is not sent.</param>
/// <param name="LateBy">How late.</param>
internal sealed record EventFaults(
    double Duplicate, double NewId, double Reorder, double Late, double Lose, TimeSpan LateBy)
{
    public static readonly EventFaults None = new(0, 0, 0, 0, 0, TimeSpan.Zero);

    public static EventFaults Read(JsonObject json) => new(
        json.Chance("duplicate"), json.Chance("newId"), json.Chance("reorder"), json.Chance("late"),
        json.Chance("lose"), TimeSpan.FromMilliseconds(Math.Max(0, json.Integer("lateMs") ?? 1000)));
}
