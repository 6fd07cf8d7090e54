using System.Net;
using System.Text.Json;

namespace GoTo.Api;

/// <summary>A successful reply: its JSON object, or none when the body was empty (204).</summary>
/// <param name="Operation">What was asked for.</param>
/// <param name="Status">The HTTP status, 200 to 299.</param>
/// <param name="Json">The body's object, or null when there was no body.</param>
internal sealed record ApiReply(string Operation, HttpStatusCode Status, JsonElement? Json)
{
    /// <summary>The object, for replies that must have one.</summary>
    public JsonElement RequireObject() =>
        Json is { ValueKind: JsonValueKind.Object } found ? found : throw Broken("the reply holds no JSON object");

    /// <summary>A field that must be there as text.</summary>
    public string RequireText(string field, params ReadOnlySpan<string> otherNames)
    {
        var found = RequireObject();
        var text = found.Text(field);
        foreach (var name in otherNames)
            text ??= found.Text(name);
        return string.IsNullOrEmpty(text) ? throw Broken($"the reply lacks '{field}'", field) : text;
    }

    public GoToProtocolException Broken(string detail, string? field = null) =>
        new(new ApiFailure(Operation, Status, detail), field);
}
