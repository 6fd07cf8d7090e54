using System.Text;
using System.Text.Json;

namespace GoTo.Api;

/// <summary>
/// What an error reply says, whichever of its shapes it comes in: <c>message</c> with <c>code</c> or <c>errorCode</c>
/// and <c>reference</c> (specification section 8.2), OAuth's <c>error</c> with <c>error_description</c> (RFC 6749
/// section 5.2), <c>detail</c>, a nested <c>error</c> object, HTML from a proxy, plain text, or nothing.
/// </summary>
/// <param name="Message">What it says.</param>
/// <param name="Code">Its code.</param>
/// <param name="Reference">Its reference for support.</param>
internal sealed record ErrorBody(string? Message, string? Code, string? Reference)
{
    private static readonly ErrorBody Empty = new(null, null, null);

    public static ErrorBody Read(ReadOnlyMemory<byte> body)
    {
        var text = body.Span.Trim((byte)' ');
        if (text.IsEmpty)
            return Empty;
        if (text[0] is (byte)'{' or (byte)'[')
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                return Read(document.RootElement);
            }
            catch (JsonException)
            {
                return new ErrorBody("the error reply is broken JSON", null, null);
            }
        }

        return text[0] == (byte)'<'
            ? new ErrorBody("the reply is an HTML or XML page, probably of a proxy", null, null)
            : new ErrorBody(Encoding.UTF8.GetString(text[..Math.Min(text.Length, 512)]), null, null);
    }

    private static ErrorBody Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
            json = json.EnumerateArray().FirstOrDefault();
        if (json.Field("error") is { ValueKind: JsonValueKind.Object } nested)
            json = nested;
        var message = json.Text("message") ?? json.Text("error_description") ?? json.Text("detail")
            ?? json.Text("errorMessage") ?? json.Text("msg");
        message ??= Joined(json, "detail", "msg");
        if (Joined(json, "constraintViolations", "description") is { } violations)
            message = message is null ? violations : $"{message} ({violations})";
        return new ErrorBody(
            message,
            ShortCode(json.Text("errorCode") ?? json.Text("code") ?? json.Text("error")),
            json.Text("reference"));
    }

    private static string? Joined(JsonElement json, string list, string field)
    {
        var found = json.Objects(list)
            .Select(item => item.Text(field) ?? item.Text("message"))
            .Where(item => item is not null)
            .Take(5);
        var joined = string.Join("; ", found);
        return joined.Length == 0 ? null : joined;
    }

    // A code is one short word; anything else is prose in the wrong place.
    private static string? ShortCode(string? code) =>
        code is { Length: > 0 and <= 80 } && !code.Any(char.IsWhiteSpace) ? code : null;
}
