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
    public static async Task CatchFailures(HttpContext context, RequestDelegate next, CloudState state)
    {
        try
        {
            await next(context);
        }
        catch (CloudRefusal refusal) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = refusal.RetryAfter;
            await Refuse(context, refusal.Status, refusal.Code, refusal.Message, state.Ids);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Refuse(context, bad.StatusCode, "BAD_REQUEST", bad.Message, state.Ids);
        }
        catch (Exception failure) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // A fault of the simulator itself; without this its client would only see a closed connection.
            state.Log.RequestFailed(failure, context.Request.Path);
            await Refuse(context, 500, "INTERNAL_ERROR", "The simulator failed.", state.Ids);
        }
    }

    /// <summary>The superset of the error bodies that GoTo uses.</summary>
    public static JsonObject Error(string code, string message, CloudIds ids) => new()
    {
        ["message"] = message,
        ["code"] = code,
        ["errorCode"] = code,
        ["reference"] = ids.New("ref"),
        ["constraintViolations"] = new JsonArray(),
    };

    /// <summary>True when the field is there and true.</summary>
    public static bool Flag(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>A probability; 0 when it is absent.</summary>
    public static double Chance(this JsonObject json, string name) => json[name] switch
    {
        null => 0,
        JsonValue value when value.TryGetValue<double>(out var chance) && chance is >= 0 and <= 1 => chance,
        _ => throw CloudRefusal.BadRequest($"'{name}' must be a probability of 0 to 1."),
    };

    private static Task Refuse(HttpContext context, int status, string code, string message, CloudIds ids) =>
        context.Reply(Error(code, message, ids), status);
}
