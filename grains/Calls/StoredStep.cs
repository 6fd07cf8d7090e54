using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoTo.Calls;

/// <summary>
/// A step of a journal in storage. A call writes its whole journal at each step: without this it would make the first
/// one's JSON twenty times.
/// </summary>
internal sealed class StoredStep : JsonConverter<CallStep>
{
    public override CallStep Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var fields = JsonSerializer.Deserialize<Fields>(ref reader, options)!;
        return new CallStep(fields.First, fields.At, fields.Command, fields.Events, fields.Actor, fields.Cause);
    }

    public override void Write(Utf8JsonWriter writer, CallStep value, JsonSerializerOptions options)
    {
        value.Stored ??= JsonSerializer.SerializeToUtf8Bytes(
            new Fields(value.First, value.At, value.Command, value.Events, value.Actor, value.Cause), options);
        writer.WriteRawValue(value.Stored, skipInputValidation: true);
    }

    private sealed record Fields(
        long First, DateTimeOffset At, CallCommand Command, IReadOnlyList<CallEvent> Events, string Actor, string? Cause);
}
