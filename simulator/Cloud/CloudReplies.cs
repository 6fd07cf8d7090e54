using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>Reads requests and writes replies in GoTo's shapes.</summary>
internal static class CloudReplies
{
    /// <summary>ISO 8601 with milliseconds, as the samples of section 6.5 have it.</summary>
    public static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static async Task Reply(this HttpContext context, JsonObject body, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    /// <summary>The request's JSON object; an empty body reads as an empty object.</summary>
    /// <exception cref="CloudRefusal">The body is not a JSON object.</exception>
    public static async Task<JsonObject> ReadJson(this HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (string.IsNullOrWhiteSpace(text))
            return [];
        try
        {
            return JsonNode.Parse(text) as JsonObject
                ?? throw CloudRefusal.BadRequest("The body must be a JSON object.", "MALFORMED_REQUEST");
        }
        catch (JsonException)
        {
            throw CloudRefusal.BadRequest("The body is not JSON.", "MALFORMED_REQUEST");
        }
    }

    /// <summary>A text field, or null when it is absent or of another kind.</summary>
    public static string? Text(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static int? Integer(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    /// <summary>The words of an array, or null when it is absent.</summary>
    public static IReadOnlyList<string>? Words(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonArray array => [.. array.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw CloudRefusal.BadRequest($"'{name}' must be a list of words."))],
        _ => throw CloudRefusal.BadRequest($"'{name}' must be a list of words."),
    };

    public static JsonArray ToJson(this IEnumerable<string> words) =>
        new([.. words.Select(word => (JsonNode)JsonValue.Create(word))]);

    /// <summary>Turns what an endpoint raises into a reply: the superset of the error shapes that GoTo uses.</summary>
    public static async Task CatchFailures(HttpContext context, RequestDelegate next, ILogger<GoToCloud> log)
    {
        try
        {
            await next(context);
        }
        catch (CloudRefusal refusal) when (!context.Response.HasStarted)
        {
            await Refuse(context, refusal.Status, refusal.Code, refusal.Message);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Refuse(context, bad.StatusCode, "BAD_REQUEST", bad.Message);
        }
        catch (Exception failure) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // A fault of the simulator itself; without this its client would only see a closed connection.
            log.RequestFailed(failure, context.Request.Path);
            await Refuse(context, StatusCodes.Status500InternalServerError, "INTERNAL_ERROR", "The simulator failed.");
        }
    }

    private static Task Refuse(HttpContext context, int status, string code, string message) => context.Reply(
        new JsonObject
        {
            ["message"] = message,
            ["code"] = code,
            ["errorCode"] = code,
            ["reference"] = CloudIds.New("ref"),
            ["constraintViolations"] = new JsonArray(),
        },
        status);
}
