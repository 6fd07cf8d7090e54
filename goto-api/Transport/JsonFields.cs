using System.Globalization;
using System.Text.Json;

namespace GoTo.Api;

/// <summary>
/// Reads fields as a tolerant reader should: a field that is absent, null or of another kind reads as null, and fields
/// that we do not know do not matter (GoTo may add some at any time).
/// </summary>
internal static class JsonFields
{
    /// <summary>The field's value, or null when this is no object or has no such field.</summary>
    public static JsonElement? Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? value
            : null;

    /// <summary>Text; a number reads as its digits, as ids are sent either way.</summary>
    public static string? Text(this JsonElement element, string name) => element.Field(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    public static string? Text(this JsonElement? element, string name) => element?.Text(name);

    public static double? Number(this JsonElement element, string name) => element.Field(name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var value) => value,
        { ValueKind: JsonValueKind.String } text
            when double.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            => value,
        _ => null,
    };

    public static int? Integer(this JsonElement element, string name) =>
        element.Number(name) is { } value and >= int.MinValue and <= int.MaxValue ? (int)value : null;

    public static TimeSpan? Seconds(this JsonElement element, string name) =>
        element.Number(name) is { } value and >= 0 and < 1e9 ? TimeSpan.FromSeconds(value) : null;

    public static TimeSpan? Milliseconds(this JsonElement element, string name) =>
        element.Number(name) is { } value and >= 0 and < 1e12 ? TimeSpan.FromMilliseconds(value) : null;

    /// <summary>A moment in ISO 8601; without an offset it is taken as UTC.</summary>
    public static DateTimeOffset? Moment(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.String } text
        && DateTimeOffset.TryParse(
            text.GetString(), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;

    /// <summary>
    /// A list of words, whether it came as an array or as one string with blanks (RFC 6749 section 3.3).
    /// </summary>
    public static IReadOnlyList<string>? Words(this JsonElement element, string name) => element.Field(name) switch
    {
        { ValueKind: JsonValueKind.String } text =>
            text.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        { ValueKind: JsonValueKind.Array } array =>
            [.. array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!)],
        _ => null,
    };

    /// <summary>The objects of an array; none when the field is not an array.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];
}
